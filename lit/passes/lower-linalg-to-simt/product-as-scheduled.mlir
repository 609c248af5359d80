// RUN: foldaway-opt %s -p lower-linalg-to-simt | filecheck %s

// A schedule by hand counts. Without zeros before it the product adds to what is there.
// CHECK-LABEL: simt.kernel @k0
// CHECK-SAME:  block = [128, 1, 1] grid = [1, 1, 1]
// CHECK:       simt.store
// CHECK:       simt.load %{{.*}} : memref<64x64xf32>
// CHECK:       arith.addf
// CHECK:       simt.store %{{.*}} : memref<64x64xf32>
func.func @f(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<64x64xf32>, memref<64x64xf32>) outs(%z : memref<64x64xf32>)
    attrs = {simt = {family = "fma", rows = 64, columns = 64, depth = 8, warp_rows = 2, warp_columns = 2, stages = 4}} {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %product = arith.mulf %d, %e : f32
    %sum = arith.addf %f, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
