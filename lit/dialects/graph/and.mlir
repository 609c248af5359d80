// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @and
// CHECK-NEXT: %z = graph.and %x, %y : tensor<3xi32>
func.func @and(%x: tensor<3xi32>, %y: tensor<3xi32>) {
  %z = graph.and %x, %y : tensor<3xi32>
  func.return
}

// -----

// CHECK: error: 'graph.and' does not verify: graph.and has no meaning for elements of type float32
func.func @refused(%x: tensor<f32>) {
  %z = graph.and %x, %x : tensor<f32>
  func.return
}
