// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: func.func @f
// CHECK-NEXT: [[e:%.*]] = tensor.empty() : tensor<0x3xf32>
// CHECK-NEXT: [[s:%.*]] = arith.constant dense<0.000000e+00> : tensor<3xf32>
// CHECK-NEXT: func.return [[e]], [[s]]
func.func @f(%x: tensor<0x3xf32>) -> (tensor<0x3xf32>, tensor<3xf32>) {
  %e = graph.exp %x : tensor<0x3xf32>
  %s = graph.reduce "sum" %e, axes = [0] : tensor<0x3xf32> -> tensor<3xf32>
  func.return %e, %s : tensor<0x3xf32>, tensor<3xf32>
}
