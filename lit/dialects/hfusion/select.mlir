// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @select
// CHECK: %r = hfusion.select ins(%c, %x, %y : tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
func.func @select(%c: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>, %e: tensor<3xf32>) {
  %r = hfusion.select ins(%c, %x, %y : tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'hfusion.select' does not verify: hfusion.select chooses by i1, not i8
func.func @select(%c: tensor<3xi8>, %x: tensor<3xf32>) {
  %r = hfusion.select ins(%c, %x, %x : tensor<3xi8>, tensor<3xf32>, tensor<3xf32>) outs(%x : tensor<3xf32>) -> tensor<3xf32>
  func.return
}
