// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @ceil
// CHECK-NEXT: %y = graph.ceil %x : tensor<3xf32>
func.func @ceil(%x: tensor<3xf32>) {
  %y = graph.ceil %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.ceil' does not verify: graph.ceil has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.ceil %x : tensor<3xi32>
  func.return
}
