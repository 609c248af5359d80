// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s

// A small product is left to plain loops, and what adds squares is no product of two.
// CHECK-NOT: schedule =
func.func @others(%x: memref<4x4xf32>, %y: memref<4x4xf32>, %z: memref<4x4xf32>, %v: memref<4096xf32>, %s: memref<f32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<4x4xf32>, memref<4x4xf32>) outs(%z : memref<4x4xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(k) -> (k)>, affine_map<(k) -> ()>],
    iterator_types = ["reduction"]
  } ins(%v : memref<4096xf32>) outs(%s : memref<f32>) {
  ^bb0(%a: f32, %c: f32):
    %square = arith.mulf %a, %a : f32
    %sum = arith.addf %c, %square : f32
    linalg.yield %sum : f32
  }
  func.return
}
