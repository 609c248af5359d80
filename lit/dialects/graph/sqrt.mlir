// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @sqrt
// CHECK-NEXT: %y = graph.sqrt %x : tensor<3xf32>
func.func @sqrt(%x: tensor<3xf32>) {
  %y = graph.sqrt %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.sqrt' does not verify: graph.sqrt has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.sqrt %x : tensor<3xi32>
  func.return
}
