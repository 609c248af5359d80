// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes | filecheck %s

// CHECK-NOT: linalg.transpose
func.func @f(%x: tensor<2x3x4xf32>) -> (tensor<4xf32>, tensor<2xf32>) {
  %y = graph.reduce "sum" %x, axes = [0, 1] : tensor<2x3x4xf32> -> tensor<4xf32>
  %z = graph.reduce "sum" %x, axes = [1, 2] : tensor<2x3x4xf32> -> tensor<2xf32>
  func.return %y, %z : tensor<4xf32>, tensor<2xf32>
}
