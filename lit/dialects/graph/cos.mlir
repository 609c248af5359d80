// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @cos
// CHECK-NEXT: %y = graph.cos %x : tensor<3xf32>
func.func @cos(%x: tensor<3xf32>) {
  %y = graph.cos %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.cos' does not verify: graph.cos has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.cos %x : tensor<3xi32>
  func.return
}
