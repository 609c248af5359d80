// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @log
// CHECK-NEXT: %y = graph.log %x : tensor<3xf32>
func.func @log(%x: tensor<3xf32>) {
  %y = graph.log %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.log' does not verify: graph.log has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.log %x : tensor<3xi32>
  func.return
}
