// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK: func.func @f_0_kernel(%x: tensor<1xf32>) -> tensor<1xf32>
// CHECK-NEXT: math.exp %x : tensor<1xf32>
func.func @f(%x: tensor<f32>) -> tensor<f32> {
  %y = graph.exp %x : tensor<f32>
  func.return %y : tensor<f32>
}
