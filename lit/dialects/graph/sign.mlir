// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @sign
// CHECK-NEXT: %y = graph.sign %x : tensor<3xf32>
func.func @sign(%x: tensor<3xf32>) {
  %y = graph.sign %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.sign' does not verify: graph.sign has no meaning for elements of type bool_
func.func @refused(%x: tensor<3xi1>) {
  %y = graph.sign %x : tensor<3xi1>
  func.return
}
