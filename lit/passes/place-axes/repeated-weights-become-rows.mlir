// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes | filecheck %s

// CHECK: [[rows:%.*]] = tensor.collapse_shape %x {{.*}} into tensor<6x4xf32>
// CHECK: ins([[rows]], %w : tensor<6x4xf32>, tensor<4x5xf32>)
func.func @f(%x: tensor<2x3x4xf32>, %w: tensor<4x5xf32>) -> tensor<2x3x5xf32> {
  %r = graph.broadcast %w, dimensions = [1, 2] : tensor<4x5xf32> -> tensor<2x4x5xf32>
  %z = graph.dot_general %x, %r, batch = [0] x [0], contract = [2] x [1]
      : tensor<2x3x4xf32>, tensor<2x4x5xf32> -> tensor<2x3x5xf32>
  func.return %z : tensor<2x3x5xf32>
}
