// RUN: foldaway-opt -t 'llvm{fma=true}' %s | filecheck %s
// Where the machine has a fused multiply-add, functions are formulas that LLVM puts into the loop.

// CHECK: [[E:%\S+]] = call float @foldaway.exp.f32(float {{%\S+}})
// CHECK: [[S:%\S+]] = call float @foldaway.sin.f32(float [[E]])
// CHECK: call float @asinf(float [[S]]) #1
// CHECK: define internal float @foldaway.exp.f32(float %x0) alwaysinline nounwind willreturn {
// CHECK: call float @llvm.fma.f32(
// CHECK: define internal float @foldaway.sin.f32(float %x0) alwaysinline nounwind willreturn {
// CHECK: load double, ptr {{%\S+}}, align 8
// CHECK: declare float @llvm.fma.f32(float, float, float)
// CHECK: @foldaway.two_over_pi.0 = internal constant [256 x double] [double 0x{{[0-9A-F]+}},
func.func @f(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %e = math.exp %a : f32
    %s = math.sin %e : f32
    %r = math.asin %s : f32
    linalg.yield %r : f32
  }
  func.return
}
