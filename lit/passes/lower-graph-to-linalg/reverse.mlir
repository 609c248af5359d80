// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: affine_map<(d0, d1) -> (((d0 * -1) + 1), d1)>
func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = graph.reverse %x, axes = [0] : tensor<2x3xf32>
  func.return %y : tensor<2x3xf32>
}
