// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @cast
// CHECK: %r = hfusion.cast {cast = #hfusion.type_fn<cast_signed>, round_mode = #hfusion.round_mode<rint>} ins(%x : tensor<3xf32>) outs(%e : tensor<3xf16>) -> tensor<3xf16>
func.func @cast(%x: tensor<3xf32>, %e: tensor<3xf16>) {
  %r = hfusion.cast {cast = #hfusion.type_fn<cast_signed>, round_mode = #hfusion.round_mode<rint>} ins(%x : tensor<3xf32>) outs(%e : tensor<3xf16>) -> tensor<3xf16>
  func.return
}

// -----

// CHECK: error: 'hfusion.cast' does not verify: hfusion.cast takes tensors of one shape
func.func @cast(%x: tensor<3xf32>, %e: tensor<4xf16>) {
  %r = hfusion.cast {cast = #hfusion.type_fn<cast_signed>, round_mode = #hfusion.round_mode<rint>} ins(%x : tensor<3xf32>) outs(%e : tensor<4xf16>) -> tensor<4xf16>
  func.return
}
