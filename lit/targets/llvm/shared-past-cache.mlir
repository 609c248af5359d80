// RUN: foldaway-opt -t llvm %s | filecheck %s
// Each thread waits until what it has written past the cache can be seen, before it says it is done.

// CHECK:      define i32 @f(ptr %block)
// CHECK-NOT:  fence
// CHECK:      call void @foldaway_parallel(ptr @part0, ptr %local0, i64 16, i64 4)
// CHECK-NEXT: ret i32 0
// CHECK:      define internal void @kernel0(ptr noalias nocapture align 4 %p0, i64 %begin, i64 %end) noinline
// CHECK:      !nontemporal
// CHECK:      define internal void @part0(ptr %context, i64 %begin, i64 %end)
// CHECK:      call void @kernel0(ptr %p0, i64 %begin, i64 %end)
// CHECK-NEXT: fence seq_cst
// CHECK-NEXT: ret void
func.func @f(%x: memref<1024xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } outs(%x : memref<1024xf32>) attrs = {schedule = {kind = "past_cache"}, split = {loop = 0 : i64, parts = 4 : i64}} {
  ^bb0(%u: f32):
    %one = arith.constant 1.0 : f32
    %w = arith.addf %one, %one : f32
    linalg.yield %w : f32
  }
  func.return
}
