// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @pow
// CHECK-NEXT: %z = graph.pow %x, %y : tensor<3xf32>
func.func @pow(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.pow %x, %y : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.pow' does not verify: graph.pow has no meaning for elements of type bool_
func.func @refused(%x: tensor<i1>) {
  %z = graph.pow %x, %x : tensor<i1>
  func.return
}
