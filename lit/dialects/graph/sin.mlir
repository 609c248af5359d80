// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @sin
// CHECK-NEXT: %y = graph.sin %x : tensor<3xf32>
func.func @sin(%x: tensor<3xf32>) {
  %y = graph.sin %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.sin' does not verify: graph.sin has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.sin %x : tensor<3xi32>
  func.return
}
