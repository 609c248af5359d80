// RUN: foldaway-opt -t llvm %s | filecheck %s

// A tile of two rows and one vector; columns are copied into the workspace first.
// CHECK:       call void @kernel0(ptr %a0, ptr %a1, ptr %a2, ptr %slot0)
// CHECK-LABEL: define internal void @kernel0
// CHECK:       store <16 x float> {{%\S+}}, ptr {{%\S+}}, align 4
// CHECK:       phi <16 x float>
// CHECK-NEXT:  phi <16 x float>
// CHECK:       [[COLUMN:%\S+]] = load <16 x float>
// CHECK:       [[ONE:%\S+]] = load float
// CHECK:       call <16 x float> @llvm.fmuladd.v16f32(<16 x float> {{%\S+}}, <16 x float> [[COLUMN]]
// CHECK:       declare <16 x float> @llvm.fmuladd.v16f32
func.func @product(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<64x64xf32>, memref<64x64xf32>) outs(%z : memref<64x64xf32>)
  attrs = {schedule = {kind = "outer", rows = 2 : i64, columns = 16 : i64, lanes = 16 : i64, depth = 32 : i64, width = 32 : i64, pack_rhs = 1 : i64}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
