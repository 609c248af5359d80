// RUN: foldaway-opt -t llvm %s | filecheck %s
// Four rounds of the sums stand one behind another, so that little time goes into counting.

// CHECK:      = phi <4 x float>
// CHECK-NEXT: = mul nsw i64 [[I:%\S+]], 4
// CHECK-COUNT-4: call <4 x float> @llvm.fmuladd.v4f32(
// CHECK-NEXT: [[NEXT:%\S+]] = add nuw nsw i64 [[I]], 1
// CHECK-NEXT: icmp eq i64 [[NEXT]], 5
func.func @f(%x: memref<2x20xf32>, %y: memref<20x4xf32>, %z: memref<2x4xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<2x20xf32>, memref<20x4xf32>) outs(%z : memref<2x4xf32>)
    attrs = {schedule = {kind = "outer", rows = 1 : i64, columns = 4 : i64, lanes = 4 : i64, depth = 20 : i64, width = 4 : i64}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
