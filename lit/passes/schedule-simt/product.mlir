// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-epilogues{least-bytes=0},schedule-simt | filecheck %s
// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt{processors=4} | filecheck %s --check-prefix=FEW
// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt{arch=sm_86} | filecheck %s --check-prefix=SMALL

// There are tiles for all processors, so they are small. The zeros before and the sum behind are
// work of the product's kernel.
// CHECK-LABEL: @floats
// CHECK:       simt = {family = "fma", rows = 32 : i64, columns = 32 : i64, depth = 16 : i64, warp_rows = 2 : i64, warp_columns = 1 : i64, stages = 3 : i64}
// CHECK-NOT:   family
// CHECK:       schedule = {kind = "epilogue"}
// FEW-LABEL:   @floats
// FEW:         simt = {family = "fma", rows = 128 : i64, columns = 128 : i64
func.func @floats(%x: tensor<256x64xf32>, %y: tensor<64x256xf32>, %z: tensor<256x256xf32>) -> tensor<256x256xf32> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<256x64xf32>, tensor<64x256xf32> -> tensor<256x256xf32>
  %s = graph.add %p, %z : tensor<256x256xf32>
  func.return %s : tensor<256x256xf32>
}

// CHECK-LABEL: @halves
// CHECK:       simt = {family = "mma", rows = 32 : i64, columns = 32 : i64, depth = 32 : i64, warp_rows = 2 : i64, warp_columns = 1 : i64, stages = 4 : i64}
func.func @halves(%x: tensor<64x64xf16>, %y: tensor<64x64xf16>) -> tensor<64x64xf16> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<64x64xf16>, tensor<64x64xf16> -> tensor<64x64xf16>
  func.return %p : tensor<64x64xf16>
}

// The largest tiles are of what a block of the chip may have of shared memory.
// CHECK-LABEL: @large
// CHECK:       simt = {family = "mma", rows = 128 : i64, columns = 256 : i64, depth = 64 : i64, warp_rows = 2 : i64, warp_columns = 4 : i64, stages = 3 : i64}
// SMALL-LABEL: @large
// SMALL:       simt = {family = "mma", rows = 128 : i64, columns = 256 : i64, depth = 32 : i64
func.func @large(%x: tensor<4096x4096xbf16>, %y: tensor<4096x4096xbf16>) -> tensor<4096x4096xbf16> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<4096x4096xbf16>, tensor<4096x4096xbf16> -> tensor<4096x4096xbf16>
  func.return %p : tensor<4096x4096xbf16>
}
