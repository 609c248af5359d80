// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @reverse
// CHECK-NEXT: %y = graph.reverse %x, axes = [0] : tensor<3xf32>
func.func @reverse(%x: tensor<3xf32>) {
  %y = graph.reverse %x, axes = [0] : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.reverse' does not verify: graph.reverse: [0, 0] are no axes of a tensor of rank 1
func.func @refused(%x: tensor<3xf32>) {
  %y = graph.reverse %x, axes = [0, 0] : tensor<3xf32>
  func.return
}
