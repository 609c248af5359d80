// RUN: foldaway-opt -t 'llvm{fma=true vector-bytes=32}' %s | filecheck %s
// Loops of neighbours go on vectors; what a row shares is computed before its loop, and the rest
// behind the last whole vector on shorter ones. Formulas stand where they are called.

// CHECK-LABEL: define internal void @kernel0(
// CHECK:      [[ROOT:%\S+]] = call float @llvm.sqrt.f32(float
// CHECK:      insertelement <8 x float> poison, float [[ROOT]], i64 0
// CHECK:      [[ALL:%\S+]] = shufflevector <8 x float>
// CHECK:      = phi i64
// CHECK:      [[X:%\S+]] = load <8 x float>, ptr {{%\S+}}, align 4
// CHECK:      [[Q:%\S+]] = fdiv <8 x float> [[X]], [[ALL]]
// CHECK-NOT:  call float
// CHECK:      fcmp ogt <8 x float> [[Q]], splat (float 0x4056400000000000)
// CHECK:      call <8 x float> @llvm.fma.v8f32(
// CHECK:      store <8 x float>
// CHECK:      icmp eq i64 {{%\S+}}, 10
// CHECK:      load <2 x float>
// CHECK:      load float
// CHECK-NOT:  define internal float @foldaway.exp.f32
func.func @f(%x: memref<4x83xf32>, %s: memref<4xf32>, %y: memref<4x83xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x, %s : memref<4x83xf32>, memref<4xf32>) outs(%y : memref<4x83xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %r = math.sqrt %b : f32
    %q = arith.divf %a, %r : f32
    %e = math.exp %q : f32
    linalg.yield %e : f32
  }
  func.return
}
