// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @floor
// CHECK-NEXT: %y = graph.floor %x : tensor<3xf32>
func.func @floor(%x: tensor<3xf32>) {
  %y = graph.floor %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.floor' does not verify: graph.floor has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.floor %x : tensor<3xi32>
  func.return
}
