// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @not
// CHECK-NEXT: %y = graph.not %x : tensor<3xi1>
func.func @not(%x: tensor<3xi1>) {
  %y = graph.not %x : tensor<3xi1>
  func.return
}

// -----

// CHECK: error: 'graph.not' does not verify: graph.not has no meaning for elements of type float32
func.func @refused(%x: tensor<3xf32>) {
  %y = graph.not %x : tensor<3xf32>
  func.return
}
