// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt | filecheck %s

// Rows of four are read at once; where rows aren't, neighbours of the result are.
// CHECK-LABEL: @rows
// CHECK:       simt = {family = "elementwise", threads = 256 : i64, blocks = 8 : i64, width = 4 : i64}
func.func @rows(%x: tensor<64x128xf32>, %b: tensor<128xf32>) -> tensor<64x128xf32> {
  %w = graph.broadcast %b, dimensions = [1] : tensor<128xf32> -> tensor<64x128xf32>
  %y = graph.add %x, %w : tensor<64x128xf32>
  func.return %y : tensor<64x128xf32>
}

// CHECK-LABEL: @odd
// CHECK:       width = 4 : i64, flat = 1 : i64
func.func @odd(%x: tensor<64x33xf32>, %b: tensor<33xf32>) -> tensor<64x33xf32> {
  %w = graph.broadcast %b, dimensions = [1] : tensor<33xf32> -> tensor<64x33xf32>
  %y = graph.add %x, %w : tensor<64x33xf32>
  func.return %y : tensor<64x33xf32>
}

// CHECK-LABEL: @narrow
// CHECK:       width = 8 : i64
func.func @narrow(%x: tensor<64x64xf16>) -> tensor<64x64xf16> {
  %y = graph.add %x, %x : tensor<64x64xf16>
  func.return %y : tensor<64x64xf16>
}
