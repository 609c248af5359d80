// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: arith.fptosi {{.*}} : f32 to i8
// CHECK: arith.constant 1.280000e+02 : f32
// CHECK: arith.cmpf oge
// CHECK: arith.constant 127 : i8
// CHECK: arith.cmpf uno
// CHECK: arith.constant 0 : i8
func.func @f(%x: tensor<3xf32>) -> tensor<3xi8> {
  %y = graph.convert %x : tensor<3xf32> -> tensor<3xi8>
  func.return %y : tensor<3xi8>
}
