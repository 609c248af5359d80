// RUN: not foldaway-opt %s -t ascend 2>&1 | filecheck %s

// CHECK: error: 'graph.exp' is left: run lower-graph-to-linalg first
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = graph.exp %x : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
