// RUN: foldaway-opt -t 'llvm{fma=true}' %s | filecheck %s
// Where the machine has a fused multiply-add, functions are formulas that LLVM puts into the loop.

// CHECK: [[E:%\S+]] = call float @foldaway.exp.f32(float {{%\S+}})
// CHECK: [[S:%\S+]] = call float @foldaway.sin.f32(float [[E]])
// CHECK: [[A:%\S+]] = call float @foldaway.asin.f32(float [[S]])
// CHECK: [[D:%\S+]] = fpext float [[A]] to double
// CHECK: call double @asin(double [[D]]) #1
// CHECK: define internal float @foldaway.exp.f32(float %x0) alwaysinline nounwind willreturn {
// CHECK: call float @llvm.fma.f32(
// CHECK: define internal float @foldaway.sin.f32(float %x0) alwaysinline nounwind willreturn {
// CHECK: load double, ptr {{%\S+}}, align 8
// CHECK: define internal float @foldaway.asin.f32(float %x0) alwaysinline nounwind willreturn {
// CHECK: call double @llvm.sqrt.f64(
// CHECK: declare float @llvm.fma.f32(float, float, float)
// CHECK: @foldaway.two_over_pi.0 = internal constant [256 x double] [double 0x{{[0-9A-F]+}},
func.func @f(%x: memref<3xf32>, %y: memref<3xf64>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%x : memref<3xf32>) outs(%y : memref<3xf64>) {
  ^bb0(%a: f32, %b: f64):
    %e = math.exp %a : f32
    %s = math.sin %e : f32
    %r = math.asin %s : f32
    %w = arith.extf %r : f32 to f64
    %t = math.asin %w : f64
    linalg.yield %t : f64
  }
  func.return
}
