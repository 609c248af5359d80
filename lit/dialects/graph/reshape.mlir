// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @reshape
// CHECK-NEXT: %y = graph.reshape %x : tensor<2x3xf32> -> tensor<6xf32>
func.func @reshape(%x: tensor<2x3xf32>) {
  %y = graph.reshape %x : tensor<2x3xf32> -> tensor<6xf32>
  func.return
}

// -----

// CHECK: error: 'graph.reshape' does not verify: graph.reshape keeps the elements: their number and their type
func.func @refused(%x: tensor<2x3xf32>) {
  %y = graph.reshape %x : tensor<2x3xf32> -> tensor<5xf32>
  func.return
}
