// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @sub
// CHECK-NEXT: %z = graph.sub %x, %y : tensor<3xf32>
func.func @sub(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.sub %x, %y : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.sub' does not verify: graph.sub has no meaning for elements of type bool_
func.func @refused(%x: tensor<i1>) {
  %z = graph.sub %x, %x : tensor<i1>
  func.return
}
