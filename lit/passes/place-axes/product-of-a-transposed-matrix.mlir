// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes | filecheck %s

// CHECK: [[t:%.*]] = linalg.transpose ins(%y:tensor<4x3xf32>) {{.*}} permutation = [1, 0]
// CHECK: affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-SAME: ins(%x, [[t]] : tensor<2x3xf32>, tensor<3x4xf32>)
func.func @f(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>) -> tensor<2x4xf32> {
  %z = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [1]
      : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  func.return %z : tensor<2x4xf32>
}
