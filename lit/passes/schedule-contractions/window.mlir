// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s

// The elements of a window are no loop around the product: its tiles add all up, and copy nothing.
// CHECK: schedule = {kind = "outer", rows = 6 : i64, columns = 16 : i64, lanes = 8 : i64, depth = 32 : i64, width = 16 : i64}
func.func @window(%x: memref<32x10x58xf32>, %w: memref<64x32x3x3xf32>, %z: memref<64x8x56xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(o, i, j, c, k, l) -> (c, i + k, j + l)>, affine_map<(o, i, j, c, k, l) -> (o, c, k, l)>,
      affine_map<(o, i, j, c, k, l) -> (o, i, j)>
    ],
    iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
  } ins(%x, %w : memref<32x10x58xf32>, memref<64x32x3x3xf32>) outs(%z : memref<64x8x56xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
