// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s
// RUN: foldaway-opt -p 'schedule-contractions{vector-bytes=64 vector-registers=32 first-cache=49152}' %s | filecheck %s --check-prefix=WIDE

// CHECK: schedule = {kind = "outer", rows = 6 : i64, columns = 16 : i64, lanes = 8 : i64, depth = 256 : i64, width = 256 : i64, pack_rhs = 1 : i64}
// WIDE: schedule = {kind = "outer", rows = 8 : i64, columns = 48 : i64, lanes = 16 : i64, depth = 128 : i64, width = 480 : i64, pack_rhs = 1 : i64}
func.func @product(%x: memref<512x512xf32>, %y: memref<512x512xf32>, %z: memref<512x512xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<512x512xf32>, memref<512x512xf32>) outs(%z : memref<512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
