// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-NOT: linalg.matmul
// CHECK: affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-SAME: iterator_types = ["parallel", "parallel", "reduction"]
func.func @f(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>) -> tensor<2x4xf32> {
  %z = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [1]
      : tensor<2x3xf32>, tensor<4x3xf32> -> tensor<2x4xf32>
  func.return %z : tensor<2x4xf32>
}
