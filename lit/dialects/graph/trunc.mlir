// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @trunc
// CHECK-NEXT: %y = graph.trunc %x : tensor<3xf32>
func.func @trunc(%x: tensor<3xf32>) {
  %y = graph.trunc %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.trunc' does not verify: graph.trunc has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.trunc %x : tensor<3xi32>
  func.return
}
