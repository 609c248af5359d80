// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s

// The rows of a large matrix are added up, each read from end to end.
// CHECK: schedule = {kind = "stream", rows = 8 : i64, columns = 8 : i64, lanes = 8 : i64
func.func @product(%x: memref<512xf32>, %y: memref<512x512xf32>, %z: memref<512xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(j, k) -> (k)>, affine_map<(j, k) -> (k, j)>, affine_map<(j, k) -> (j)>],
    iterator_types = ["parallel", "reduction"]
  } ins(%x, %y : memref<512xf32>, memref<512x512xf32>) outs(%z : memref<512xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %product, %c : f32
    linalg.yield %sum : f32
  }
  func.return
}
