// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK-LABEL: func.func @f_0_kernel
// CHECK: hfusion.cast {{.*}} ins(%x : tensor<3xf16>) outs(%{{.*}} : tensor<3xf32>)
// CHECK: math.exp %{{.*}} : tensor<3xf32>
// CHECK: hfusion.cast {{.*}}round_mode<rint>} ins(%{{.*}} : tensor<3xf32>) outs(%{{.*}} : tensor<3xf16>)
func.func @f(%x: tensor<3xf16>) -> tensor<3xf16> {
  %y = graph.exp %x : tensor<3xf16>
  func.return %y : tensor<3xf16>
}
