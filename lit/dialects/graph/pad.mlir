// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @pad
// CHECK-NEXT: %y = graph.pad %x, %v, low = [1], high = [2] : tensor<3xf32>, tensor<f32> -> tensor<6xf32>
func.func @pad(%x: tensor<3xf32>, %v: tensor<f32>) {
  %y = graph.pad %x, %v, low = [1], high = [2] : tensor<3xf32>, tensor<f32> -> tensor<6xf32>
  func.return
}

// -----

// CHECK: error: 'graph.pad' does not verify: graph.pad: a frame can't be negative
func.func @refused(%x: tensor<3xf32>, %v: tensor<f32>) {
  %y = graph.pad %x, %v, low = [1], high = [-1] : tensor<3xf32>, tensor<f32> -> tensor<3xf32>
  func.return
}
