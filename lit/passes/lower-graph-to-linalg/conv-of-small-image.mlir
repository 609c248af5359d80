// RUN: foldaway-opt -p lower-graph-to-linalg %s | filecheck %s

// Rows of 7, and 64 channels: what is under the window at each place is copied, for a product with
// the weight as it is.
// CHECK-LABEL: func.func @first(
// CHECK:      [[U:%\S+]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, (d4 + d2), ((d5 * 2) + d3))>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3, d4, d5)>], {{.*}} ins(%x : tensor<1x64x9x15xf32>) outs({{.*}} : tensor<1x64x3x3x7x7xf32>)
// CHECK:      linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d4, d5, d6, d2, d3)>, affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d4, d5, d6)>, affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>]
// CHECK-SAME: ins([[U]], %w :
func.func @first(%x: tensor<1x64x9x15xf32>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x7x7xf32> {
  %z = graph.conv %x, %w, strides = [1, 2], dilations = [1, 1], groups = 1, channels = "first"
    : tensor<1x64x9x15xf32>, tensor<64x64x3x3xf32> -> tensor<1x64x7x7xf32>
  func.return %z : tensor<1x64x7x7xf32>
}

// CHECK-LABEL: func.func @last(
// CHECK-NOT:  linalg.transpose
// CHECK:      affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d4, d5, d6)>, affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3, d4, d5, d6)>
func.func @last(%x: tensor<1x9x9x64xf32>, %w: tensor<64x3x3x64xf32>) -> tensor<1x7x7x64xf32> {
  %z = graph.conv %x, %w, strides = [1, 1], dilations = [1, 1], groups = 1, channels = "last"
    : tensor<1x9x9x64xf32>, tensor<64x3x3x64xf32> -> tensor<1x7x7x64xf32>
  func.return %z : tensor<1x7x7x64xf32>
}

// Few channels are read in place.
// CHECK-LABEL: func.func @few(
// CHECK-NOT:  tensor<1x8x3x3x7x7xf32>
// CHECK:      (d0, d4, (d2 + d5), (d3 + d6))
func.func @few(%x: tensor<1x8x9x9xf32>, %w: tensor<64x8x3x3xf32>) -> tensor<1x64x7x7xf32> {
  %z = graph.conv %x, %w, strides = [1, 1], dilations = [1, 1], groups = 1, channels = "first"
    : tensor<1x8x9x9xf32>, tensor<64x8x3x3xf32> -> tensor<1x64x7x7xf32>
  func.return %z : tensor<1x64x7x7xf32>
}
