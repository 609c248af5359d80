// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-epilogues{least-bytes=0},schedule-simt | filecheck %s

// A product has a kernel of its own: it doesn't say what the rows are between two of them.
// CHECK-LABEL: @f
// CHECK:       family = "fma"
// CHECK:       family = "rows"
// CHECK-NOT:   family = "elementwise"
// CHECK:       family = "rows"
// CHECK-NOT:   family = "elementwise"
// CHECK:       family = "fma"
func.func @f(%x: tensor<2x64x32xf32>, %y: tensor<2x32x64xf32>, %v: tensor<2x64x32xf32>) -> tensor<2x64x32xf32> {
  %s = graph.dot_general %x, %y, batch = [0] x [0], contract = [2] x [1] : tensor<2x64x32xf32>, tensor<2x32x64xf32> -> tensor<2x64x64xf32>
  %m = graph.reduce "max" %s, axes = [2] : tensor<2x64x64xf32> -> tensor<2x64xf32>
  %w = graph.broadcast %m, dimensions = [0, 1] : tensor<2x64xf32> -> tensor<2x64x64xf32>
  %d = graph.sub %s, %w : tensor<2x64x64xf32>
  %p = graph.dot_general %d, %v, batch = [0] x [0], contract = [2] x [1] : tensor<2x64x64xf32>, tensor<2x64x32xf32> -> tensor<2x64x32xf32>
  func.return %p : tensor<2x64x32xf32>
}
