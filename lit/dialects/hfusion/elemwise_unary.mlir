// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @complement
// CHECK: %r = hfusion.elemwise_unary {fun = #hfusion.unary_fn<vnot>} ins(%x : tensor<3xi32>) outs(%x : tensor<3xi32>) -> tensor<3xi32>
func.func @complement(%x: tensor<3xi32>) {
  %r = hfusion.elemwise_unary {fun = #hfusion.unary_fn<vnot>} ins(%x : tensor<3xi32>) outs(%x : tensor<3xi32>) -> tensor<3xi32>
  func.return
}

// -----

// CHECK: error: 'hfusion.elemwise_unary' does not verify: operand 'out' at position 1 does not verify
func.func @refused(%x: tensor<3xi32>, %e: tensor<3xi8>) {
  %r = "hfusion.elemwise_unary"(%x, %e) <{fun = #hfusion.unary_fn<vnot>}> : (tensor<3xi32>, tensor<3xi8>) -> tensor<3xi8>
  func.return
}
