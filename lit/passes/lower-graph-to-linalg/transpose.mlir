// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: linalg.transpose ins(%x:tensor<2x3xf32>) outs({{.*}}:tensor<3x2xf32>) permutation = [1, 0]
func.func @f(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %y = graph.transpose %x, permutation = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  func.return %y : tensor<3x2xf32>
}
