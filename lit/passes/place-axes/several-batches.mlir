// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes | filecheck %s

// CHECK: tensor.collapse_shape %x {{.*}} into tensor<10x3x4xf32>
// CHECK: tensor.collapse_shape %y {{.*}} into tensor<10x4x6xf32>
// CHECK: -> tensor<10x3x6xf32>
// CHECK: tensor.expand_shape {{.*}} into tensor<2x5x3x6xf32>
func.func @f(%x: tensor<2x5x3x4xf32>, %y: tensor<2x5x4x6xf32>) -> tensor<2x5x3x6xf32> {
  %z = graph.dot_general %x, %y, batch = [0, 1] x [0, 1], contract = [3] x [2]
      : tensor<2x5x3x4xf32>, tensor<2x5x4x6xf32> -> tensor<2x5x3x6xf32>
  func.return %z : tensor<2x5x3x6xf32>
}
