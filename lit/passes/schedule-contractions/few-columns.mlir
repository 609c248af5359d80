// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s

// Tall tiles of one vector; all sums at once, so that the left is read from end to end.
// CHECK: schedule = {kind = "outer", rows = 12 : i64, columns = 8 : i64, lanes = 8 : i64, depth = 2000 : i64, {{.*}}, pack_rhs = 1 : i64}
func.func @product(%x: memref<500x2000xf32>, %y: memref<2000x3xf32>, %z: memref<500x3xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<500x2000xf32>, memref<2000x3xf32>) outs(%z : memref<500x3xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
