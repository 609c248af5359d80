// RUN: foldaway-opt -t llvm %s | filecheck %s
// Lines are stored past the cache if the result begins with one, else as usual. At the end stands
// a fence, so that what others read is there.

// CHECK:      define i32 @f(ptr %block)
// CHECK:        fence seq_cst
// CHECK-NEXT:   ret i32 0
// CHECK:      define internal void @kernel0(
// CHECK:        [[AT:%\S+]] = ptrtoint ptr %p1 to i64
// CHECK-NEXT:   [[REST:%\S+]] = and i64 [[AT]], 63
// CHECK-NEXT:   [[WHOLE:%\S+]] = icmp eq i64 [[REST]], 0
// CHECK-NEXT:   br i1 [[WHOLE]], label %[[PAST:\S+]], label %[[USUAL:\S+]]
// CHECK:      [[PAST]]:
// CHECK:        [[X:%\S+]] = load <16 x float>, ptr [[P:%\S+]], align 4
// CHECK-NEXT:   [[NEXT:%\S+]] = getelementptr i8, ptr [[P]], i64 4096
// CHECK-NEXT:   call void @llvm.prefetch.p0(ptr [[NEXT]], i32 0, i32 3, i32 1)
// CHECK-NEXT:   [[Y:%\S+]] = fmul <16 x float> [[X]], splat (float 0x4000000000000000)
// CHECK-NEXT:   store <16 x float> [[Y]], ptr {{.*}}, align 64, !nontemporal !{i32 1}
// CHECK:      [[USUAL]]:
// CHECK-NOT:    prefetch
// CHECK:        store <16 x float> {{.*}}, align 4{{$}}
func.func @f(%x: memref<48xf32>, %y: memref<48xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : memref<48xf32>) outs(%y : memref<48xf32>)
    attrs = {schedule = {kind = "past_cache", ahead = 4096 : i64, fetched = [0 : i64]}} {
  ^bb0(%a: f32, %b: f32):
    %two = arith.constant 2.0 : f32
    %c = arith.mulf %a, %two : f32
    linalg.yield %c : f32
  }
  func.return
}

// What has no vectors of a line is written as usual.
// CHECK:      define internal void @kernel1(
// CHECK-NOT:    nontemporal
// CHECK:        store i32
func.func @g(%x: memref<48xi32>, %y: memref<48xi32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : memref<48xi32>) outs(%y : memref<48xi32>) attrs = {schedule = {kind = "past_cache"}} {
  ^bb0(%a: i32, %b: i32):
    linalg.yield %a : i32
  }
  func.return
}
