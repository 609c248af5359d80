// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @or
// CHECK-NEXT: %z = graph.or %x, %y : tensor<3xi32>
func.func @or(%x: tensor<3xi32>, %y: tensor<3xi32>) {
  %z = graph.or %x, %y : tensor<3xi32>
  func.return
}

// -----

// CHECK: error: 'graph.or' does not verify: graph.or has no meaning for elements of type float32
func.func @refused(%x: tensor<f32>) {
  %z = graph.or %x, %x : tensor<f32>
  func.return
}
