// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: operand 0 (%a) of 'func.return' is used where it is not defined
func.func @f(%c: i1) -> i32 {
  cf.cond_br %c, ^then, ^end
^then:
  %a = arith.constant 1 : i32
  cf.br ^end
^end:
  func.return %a : i32
}
