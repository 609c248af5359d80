// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @compare
// CHECK: %r = hfusion.compare {compare_fn = #hfusion.compare_fn<vlt>} ins(%x, %y : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xi1>) -> tensor<3xi1>
func.func @compare(%x: tensor<3xf32>, %y: tensor<3xf32>, %e: tensor<3xi1>) {
  %r = hfusion.compare {compare_fn = #hfusion.compare_fn<vlt>} ins(%x, %y : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xi1>) -> tensor<3xi1>
  func.return
}

// -----

// CHECK: error: 'hfusion.compare' does not verify: hfusion.compare takes tensors of one shape
func.func @compare(%x: tensor<3xf32>, %e: tensor<4xi1>) {
  %r = hfusion.compare {compare_fn = #hfusion.compare_fn<vlt>} ins(%x, %x : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<4xi1>) -> tensor<4xi1>
  func.return
}
