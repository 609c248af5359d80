// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @conv
// CHECK-NEXT: %z = graph.conv %x, %w, strides = [1, 2], dilations = [1, 1], groups = 2, channels = "first" : tensor<2x4x8x9xf32>, tensor<6x2x3x3xf32> -> tensor<2x6x6x4xf32>
func.func @conv(%x: tensor<2x4x8x9xf32>, %w: tensor<6x2x3x3xf32>) {
  %z = graph.conv %x, %w, strides = [1, 2], dilations = [1, 1], groups = 2, channels = "first"
      : tensor<2x4x8x9xf32>, tensor<6x2x3x3xf32> -> tensor<2x6x6x4xf32>
  func.return
}

// -----

// CHECK: error: 'graph.conv' does not verify: graph.conv: an image of shape (2, 4, 8) doesn't have 3 channels
func.func @refused(%x: tensor<2x4x8xf32>, %w: tensor<6x3x3xf32>) {
  %z = graph.conv %x, %w, strides = [1], dilations = [1], groups = 1, channels = "first"
      : tensor<2x4x8xf32>, tensor<6x3x3xf32> -> tensor<2x6x6xf32>
  func.return
}
