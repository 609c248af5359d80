// RUN: foldaway-opt -t llvm %s | filecheck %s

// Three elements of the window are added up in each round of the channels, at constant distances.
// CHECK-LABEL: define internal void @kernel0
// CHECK:       [[SUM:%\S+]] = phi <8 x float>
// CHECK:       call <8 x float> @llvm.fmuladd.v8f32(<8 x float> {{%\S+}}, <8 x float> {{%\S+}}, <8 x float> [[SUM]])
// CHECK:       getelementptr inbounds float, ptr [[ROW:%\S+]], i64 1
// CHECK:       call <8 x float> @llvm.fmuladd.v8f32
// CHECK:       getelementptr inbounds float, ptr [[ROW]], i64 2
// CHECK:       call <8 x float> @llvm.fmuladd.v8f32
// CHECK:       icmp eq i64 {{%\S+}}, 16
func.func @window(%x: memref<16x10xf32>, %w: memref<1x16x3xf32>, %z: memref<1x8xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(o, j, c, l) -> (c, j + l)>, affine_map<(o, j, c, l) -> (o, c, l)>, affine_map<(o, j, c, l) -> (o, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction", "reduction"]
  } ins(%x, %w : memref<16x10xf32>, memref<1x16x3xf32>) outs(%z : memref<1x8xf32>)
  attrs = {schedule = {kind = "outer", rows = 1 : i64, columns = 8 : i64, lanes = 8 : i64, depth = 16 : i64, width = 8 : i64}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
