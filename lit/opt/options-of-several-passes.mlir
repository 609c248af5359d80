// RUN: foldaway-opt -p 'schedule-threads{least=0,part=1},schedule-stores{past-bytes=1,ahead-bytes=0}' %s | filecheck %s

// Each pass has its own options, with commas between them.
// CHECK: split = {loop = 0 : i64, parts = 1024 : i64}
func.func @f(%x: memref<64x64xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } outs(%x : memref<64x64xf32>) {
  ^bb0(%u: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  func.return
}
