// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @xor
// CHECK-NEXT: %z = graph.xor %x, %y : tensor<3xi32>
func.func @xor(%x: tensor<3xi32>, %y: tensor<3xi32>) {
  %z = graph.xor %x, %y : tensor<3xi32>
  func.return
}

// -----

// CHECK: error: 'graph.xor' does not verify: graph.xor has no meaning for elements of type float32
func.func @refused(%x: tensor<f32>) {
  %z = graph.xor %x, %x : tensor<f32>
  func.return
}
