// RUN: foldaway-opt -t llvm %s | filecheck %s

// A schedule without a tile is no schedule: plain loops do it.
// CHECK-LABEL: define internal void @kernel0
// CHECK-NOT:   x float>
// CHECK:       ret void
func.func @product(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<64x64xf32>, memref<64x64xf32>) outs(%z : memref<64x64xf32>)
  attrs = {schedule = {kind = "outer", rows = 0 : i64, columns = 16 : i64, lanes = 16 : i64}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
