// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: linalg.generic
// CHECK-SAME: ins(%c, %x, %y : tensor<3xi1>, tensor<3xf32>, tensor<3xf32>)
// CHECK: arith.select {{.*}} : f32
func.func @f(%c: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %z = graph.select %c, %x, %y : tensor<3xi1>, tensor<3xf32>
  func.return %z : tensor<3xf32>
}
