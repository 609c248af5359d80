// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// Of three weights, the first and the last are over elements that lie two apart, as the places do:
// these are copied side by side, and the one between goes on from their sums.
// CHECK: [[A:%.*]] = tensor.extract_slice %x[0, 0, 0] [2, 4, 7] [1, 1, 2]
// CHECK: [[X:%.*]] = linalg.generic {{.*}} ins([[A]]
// CHECK: [[W:%.*]] = tensor.extract_slice %w[0, 0, 0] [6, 4, 2] [1, 1, 2]
// CHECK: [[B:%.*]] = tensor.extract_slice %x[0, 0, 1] [2, 4, 6] [1, 1, 2]
// CHECK: [[Y:%.*]] = linalg.generic {{.*}} ins([[B]]
// CHECK: [[V:%.*]] = tensor.extract_slice %w[0, 0, 1] [6, 4, 1] [1, 1, 2]
// CHECK: [[Z:%.*]] = linalg.fill
// CHECK: [[S:%.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d3, (d2 + d4))>{{.*}} ins([[X]], [[W]] : {{.*}}) outs([[Z]]
// CHECK: linalg.generic {{.*}} ins([[Y]], [[V]] : {{.*}}) outs([[S]]
func.func @f(%x: tensor<2x4x13xf32>, %w: tensor<6x4x3xf32>) -> tensor<2x6x6xf32> {
  %z = graph.conv %x, %w, strides = [2], dilations = [1], groups = 1, channels = "first"
      : tensor<2x4x13xf32>, tensor<6x4x3xf32> -> tensor<2x6x6xf32>
  func.return %z : tensor<2x6x6xf32>
}
