// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @tanh
// CHECK-NEXT: %y = graph.tanh %x : tensor<3xf32>
func.func @tanh(%x: tensor<3xf32>) {
  %y = graph.tanh %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.tanh' does not verify: graph.tanh has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.tanh %x : tensor<3xi32>
  func.return
}
