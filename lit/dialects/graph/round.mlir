// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @round
// CHECK-NEXT: %y = graph.round %x : tensor<3xf32>
func.func @round(%x: tensor<3xf32>) {
  %y = graph.round %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.round' does not verify: graph.round has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.round %x : tensor<3xi32>
  func.return
}
