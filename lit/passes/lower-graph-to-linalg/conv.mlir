// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// The image is read where it is: a step of the window moves by the stride, one inside it by the dilation.
// CHECK: linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d4, ((d2 * 2) + (d5 * 3)), (d3 + d6))>, affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d4, d5, d6)>, affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK: arith.mulf
// CHECK-NEXT: arith.addf
func.func @f(%x: tensor<2x4x15x9xf32>, %w: tensor<6x4x3x2xf32>) -> tensor<2x6x5x8xf32> {
  %z = graph.conv %x, %w, strides = [2, 1], dilations = [3, 1], groups = 1, channels = "first"
      : tensor<2x4x15x9xf32>, tensor<6x4x3x2xf32> -> tensor<2x6x5x8xf32>
  func.return %z : tensor<2x6x5x8xf32>
}
