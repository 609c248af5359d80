// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// Channels are last, so that the weight's channels of the result become neighbours; groups get an axis.
// CHECK: [[X:%.*]] = tensor.expand_shape %x {{.*}} into tensor<2x9x2x2xf32>
// CHECK: [[T:%.*]] = linalg.transpose ins(%w:tensor<6x3x2xf32>) outs({{%.*}}:tensor<3x2x6xf32>) permutation = [1, 2, 0]
// CHECK: [[W:%.*]] = tensor.expand_shape [[T]] {{.*}} into tensor<3x2x2x3xf32>
// CHECK: linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, (d1 + d5), d2, d4)>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d5, d4, d2, d3)>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>]{{.*}} ins([[X]], [[W]]
// CHECK: tensor.collapse_shape {{.*}} into tensor<2x7x6xf32>
func.func @f(%x: tensor<2x9x4xf32>, %w: tensor<6x3x2xf32>) -> tensor<2x7x6xf32> {
  %z = graph.conv %x, %w, strides = [1], dilations = [1], groups = 2, channels = "last"
      : tensor<2x9x4xf32>, tensor<6x3x2xf32> -> tensor<2x7x6xf32>
  func.return %z : tensor<2x7x6xf32>
}
