// RUN: foldaway-opt -p schedule-threads %s | filecheck %s

// The outermost loop with rounds enough is shared.
// CHECK: attrs = {split = {loop = 0 : i64, parts = 16 : i64}}
// CHECK: attrs = {split = {loop = 1 : i64, parts = 18 : i64}}
// CHECK-NOT: split
func.func @f(%x: memref<512x512xf32>, %v: memref<3x100000xf32>, %s: memref<100x100xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } outs(%x : memref<512x512xf32>) {
  ^bb0(%u: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } outs(%v : memref<3x100000xf32>) {
  ^bb0(%u: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  // Too little work.
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } outs(%s : memref<100x100xf32>) {
  ^bb0(%u: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  func.return
}
