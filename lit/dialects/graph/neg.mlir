// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @neg
// CHECK-NEXT: %y = graph.neg %x : tensor<3xf32>
func.func @neg(%x: tensor<3xf32>) {
  %y = graph.neg %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.neg' does not verify: graph.neg has no meaning for elements of type bool_
func.func @refused(%x: tensor<3xi1>) {
  %y = graph.neg %x : tensor<3xi1>
  func.return
}
