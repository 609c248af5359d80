// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: operand 0 (%a) of 'arith.addi' is used where it is not defined
func.func @f() -> i32 {
  %b = arith.addi %a, %a : i32
  %a = arith.constant 1 : i32
  func.return %b : i32
}
