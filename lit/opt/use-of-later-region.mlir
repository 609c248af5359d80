// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: operand 0 (%y) of 'arith.addf' is used where it is not defined
func.func @f(%c: i1) {
  %z = arith.addf %y, %y : f32
  scf.if %c {
    %y = arith.constant 0.0 : f32
  }
  func.return
}
