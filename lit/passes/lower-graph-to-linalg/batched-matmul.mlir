// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: iterator_types = ["parallel", "parallel", "parallel", "reduction"]
// CHECK: arith.mulf
// CHECK: arith.addf
func.func @f(%x: tensor<5x2x3xf32>, %y: tensor<5x3x4xf32>) -> tensor<5x2x4xf32> {
  %z = graph.dot_general %x, %y, batch = [0] x [0], contract = [2] x [1]
      : tensor<5x2x3xf32>, tensor<5x3x4xf32> -> tensor<5x2x4xf32>
  func.return %z : tensor<5x2x4xf32>
}
