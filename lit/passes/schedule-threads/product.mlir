// RUN: foldaway-opt -p schedule-contractions,schedule-threads{threads=2} %s | filecheck %s

// Columns where both threads get as much, else rows; batches where there are several.
// CHECK: split = {loop = "n", parts = {{[0-9]+}} : i64}
// CHECK: split = {loop = "m", parts = 8 : i64}
// CHECK: split = {loop = "outer", parts = 8 : i64}
func.func @products(%a: memref<512x512xf32>, %b: memref<512x512xf32>, %c: memref<512x512xf32>,
    %d: memref<512x48xf32>, %e: memref<512x48xf32>,
    %f: memref<8x64x64xf32>, %g: memref<8x64x64xf32>, %h: memref<8x64x64xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%a, %b : memref<512x512xf32>, memref<512x512xf32>) outs(%c : memref<512x512xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%a, %d : memref<512x512xf32>, memref<512x48xf32>) outs(%e : memref<512x48xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  linalg.generic {
    indexing_maps = [
      affine_map<(b, i, j, k) -> (b, i, k)>, affine_map<(b, i, j, k) -> (b, k, j)>, affine_map<(b, i, j, k) -> (b, i, j)>
    ],
    iterator_types = ["parallel", "parallel", "parallel", "reduction"]
  } ins(%f, %g : memref<8x64x64xf32>, memref<8x64x64xf32>) outs(%h : memref<8x64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  func.return
}
