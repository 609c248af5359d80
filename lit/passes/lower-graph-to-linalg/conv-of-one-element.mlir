// RUN: foldaway-opt -p lower-graph-to-linalg %s | filecheck %s

// A window of one element, and channels last: rows of the image times rows of the weight, in place.
// CHECK-NOT:  linalg.transpose
// CHECK:      linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, ((d1 * 2) + d5), ((d2 * 2) + d6), d4)>, affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3, d5, d6, d4)>, affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>]
// CHECK-SAME: ins(%x, %w : tensor<1x7x9x5xf32>, tensor<6x1x1x5xf32>)
func.func @f(%x: tensor<1x7x9x5xf32>, %w: tensor<6x1x1x5xf32>) -> tensor<1x4x5x6xf32> {
  %z = graph.conv %x, %w, strides = [2, 2], dilations = [1, 1], groups = 1, channels = "last"
    : tensor<1x7x9x5xf32>, tensor<6x1x1x5xf32> -> tensor<1x4x5x6xf32>
  func.return %z : tensor<1x4x5x6xf32>
}
