// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s

// Each round of the outer sum reads other rows on the right, more than the first cache holds: as the
// left has many rows, blocks are copied, one for each of those rounds.
// CHECK: schedule = {kind = "outer", rows = 6 : i64, columns = 16 : i64, lanes = 8 : i64, depth = 56 : i64, width = 1168 : i64, pack_rhs = 1 : i64}
func.func @window(%x: memref<64x58x58xf32>, %w: memref<56x56x64xf32>, %z: memref<64x3x3x64xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(c, i, j, o, k, l) -> (c, i + k, j + l)>, affine_map<(c, i, j, o, k, l) -> (k, l, o)>,
      affine_map<(c, i, j, o, k, l) -> (c, i, j, o)>
    ],
    iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]
  } ins(%x, %w : memref<64x58x58xf32>, memref<56x56x64xf32>) outs(%z : memref<64x3x3x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
