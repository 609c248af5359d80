// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK-LABEL: func.func @f_0_kernel
// CHECK: hfusion.cast {cast = #hfusion.type_fn<cast_signed>, round_mode = #hfusion.round_mode<rint>} ins(%x : tensor<3xf32>)
// CHECK: hfusion.cast {cast = #hfusion.type_fn<cast_signed>, round_mode = #hfusion.round_mode<trunc>}
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = graph.round %x : tensor<3xf32>
  %z = graph.trunc %y : tensor<3xf32>
  func.return %z : tensor<3xf32>
}
