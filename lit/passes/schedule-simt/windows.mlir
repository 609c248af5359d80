// RUN: foldaway-opt %s -p place-buffers,schedule-simt | filecheck %s

// Windows that share elements: a thread for each, and its neighbours read from the same lines.
// CHECK-LABEL: @windows
// CHECK:       simt = {family = "reduction", threads = 256 : i64, lanes = 1 : i64, across = 1 : i64, width = 1 : i64, parts = 1 : i64}
func.func @windows(%x: memref<64x258x258xf32>, %w: memref<64x3x3xf32>, %y: memref<64x256x256xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(c, i, j, a, b) -> (c, i + a, j + b)>, affine_map<(c, i, j, a, b) -> (c, a, b)>,
      affine_map<(c, i, j, a, b) -> (c, i, j)>
    ],
    iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]
  } ins(%x, %w : memref<64x258x258xf32>, memref<64x3x3xf32>) outs(%y : memref<64x256x256xf32>) {
  ^bb0(%p: f32, %q: f32, %s: f32):
    %product = arith.mulf %p, %q : f32
    %sum = arith.addf %s, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
