// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @floordiv
// CHECK-NEXT: %z = graph.floordiv %x, %y : tensor<3xf32>
func.func @floordiv(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.floordiv %x, %y : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.floordiv' does not verify: graph.floordiv has no meaning for elements of type bool_
func.func @refused(%x: tensor<i1>) {
  %z = graph.floordiv %x, %x : tensor<i1>
  func.return
}
