// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: [[y:%.*]] = func.call @f_0(%x) : (tensor<2x3x4xf32>) -> tensor<2x3xf32>
// CHECK-NEXT: [[z:%.*]] = tensor.expand_shape [[y]] {{.*}} into tensor<2x3x1xf32>
// CHECK-NEXT: func.return [[z]]
func.func @f(%x: tensor<2x3x4xf32>) -> tensor<2x3x1xf32> {
  %s = graph.reduce "sum" %x, axes = [2] : tensor<2x3x4xf32> -> tensor<2x3xf32>
  %r = graph.reshape %s : tensor<2x3xf32> -> tensor<2x3x1xf32>
  %e = graph.exp %r : tensor<2x3x1xf32>
  func.return %e : tensor<2x3x1xf32>
}
