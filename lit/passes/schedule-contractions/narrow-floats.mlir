// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s

// Both are copied, since tiles read floats of 32 bits.
// CHECK: schedule = {kind = "outer", {{.*}}, pack_lhs = 1 : i64, pack_rhs = 1 : i64}
func.func @product(%x: memref<64x64xbf16>, %y: memref<64x64xbf16>, %z: memref<64x64xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<64x64xbf16>, memref<64x64xbf16>) outs(%z : memref<64x64xf32>) {
  ^bb0(%a: bf16, %b: bf16, %c: f32):
    %wide = arith.extf %a : bf16 to f32
    %other = arith.extf %b : bf16 to f32
    %product = arith.mulf %wide, %other : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
