// RUN: foldaway-opt -t llvm %s | filecheck %s

// CHECK-LABEL: define i32 @double(ptr %block)
// CHECK:       call void @kernel0(ptr %a0, ptr %a1)
// CHECK:       define internal void @kernel0(ptr noalias nocapture readonly align 4 %p0
// CHECK:       [[I:%\S+]] = phi i64
// CHECK:       getelementptr inbounds float, ptr %p0, i64 [[I]]
// CHECK:       [[X:%\S+]] = load float
// CHECK-NEXT:  [[S:%\S+]] = fadd float [[X]], [[X]]
// CHECK-NEXT:  store float [[S]]
func.func @double(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %sum = arith.addf %a, %a : f32
    linalg.yield %sum : f32
  }
  func.return
}
