// RUN: foldaway-opt -t llvm %s | filecheck %s

// Two rows at a time, added to the result; the last columns are less than a vector.
// CHECK-LABEL: define internal void @kernel0
// CHECK:       [[FIRST:%\S+]] = load <8 x float>
// CHECK-NEXT:  [[ONE:%\S+]] = call <8 x float> @llvm.fmuladd.v8f32({{.*}}, <8 x float> [[FIRST]], <8 x float> <float 0x8000000000000000
// CHECK:       call <8 x float> @llvm.fmuladd.v8f32({{.*}}, <8 x float> [[ONE]])
// CHECK:       store <8 x float>
// CHECK:       call <8 x float> @llvm.masked.load.v8f32.p0
// CHECK:       call void @llvm.masked.store.v8f32.p0(
func.func @product(%x: memref<64xf32>, %y: memref<64x67xf32>, %z: memref<67xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(j, k) -> (k)>, affine_map<(j, k) -> (k, j)>, affine_map<(j, k) -> (j)>],
    iterator_types = ["parallel", "reduction"]
  } ins(%x, %y : memref<64xf32>, memref<64x67xf32>) outs(%z : memref<67xf32>)
  attrs = {schedule = {kind = "stream", rows = 2 : i64, columns = 8 : i64, lanes = 8 : i64, width = 1024 : i64}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
