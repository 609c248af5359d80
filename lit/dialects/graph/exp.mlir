// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @exp
// CHECK-NEXT: %y = graph.exp %x : tensor<3xf32>
func.func @exp(%x: tensor<3xf32>) {
  %y = graph.exp %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.exp' does not verify: graph.exp has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.exp %x : tensor<3xi32>
  func.return
}
