// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt | filecheck %s

// CHECK-LABEL: @f
// CHECK:       simt = {family = "transpose", turn = 0 : i64, tile = 64 : i64, threads = 256 : i64, read = 4 : i64, width = 1 : i64}
func.func @f(%x: tensor<65x128xf32>) -> tensor<128x65xf32> {
  %y = graph.transpose %x, permutation = [1, 0] : tensor<65x128xf32> -> tensor<128x65xf32>
  func.return %y : tensor<128x65xf32>
}

// Few rows aren't worth a tile, and what stays in rows needs none.
// CHECK-LABEL: @few
// CHECK:       family = "elementwise"
func.func @few(%x: tensor<3x128xf32>) -> tensor<128x3xf32> {
  %y = graph.transpose %x, permutation = [1, 0] : tensor<3x128xf32> -> tensor<128x3xf32>
  func.return %y : tensor<128x3xf32>
}

// CHECK-LABEL: @rows
// CHECK:       family = "elementwise"
func.func @rows(%x: tensor<32x64x128xf32>) -> tensor<64x32x128xf32> {
  %y = graph.transpose %x, permutation = [1, 0, 2] : tensor<32x64x128xf32> -> tensor<64x32x128xf32>
  func.return %y : tensor<64x32x128xf32>
}
