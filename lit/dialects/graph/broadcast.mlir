// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @broadcast
// CHECK-NEXT: %y = graph.broadcast %x, dimensions = [1] : tensor<3xf32> -> tensor<2x3xf32>
func.func @broadcast(%x: tensor<3xf32>) {
  %y = graph.broadcast %x, dimensions = [1] : tensor<3xf32> -> tensor<2x3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.broadcast' does not verify: graph.broadcast can't stretch 3 to 2
func.func @refused(%x: tensor<3xf32>) {
  %y = graph.broadcast %x, dimensions = [0] : tensor<3xf32> -> tensor<2x3xf32>
  func.return
}
