// RUN: foldaway-opt -t llvm %s | filecheck %s
// A loop that threads share is called through the pool, in pieces of neighbours whose number is
// known; what is left behind the last is a piece, too.

// CHECK:      define i32 @f(ptr %block)
// CHECK:      %local0 = alloca [2 x ptr], align 64
// CHECK:      store ptr %a0, ptr {{%v[0-9]+}}
// CHECK-NEXT: call void @foldaway_parallel(ptr @part0, ptr %local0, i64 16, i64 4)
// CHECK:      define internal void @kernel0(ptr noalias nocapture align 4 %p0, i64 %begin, i64 %end) noinline
// CHECK:      icmp slt i64 %end, 15
// CHECK:      mul nsw i64 %begin, 64
// CHECK:      icmp eq i64 {{%v[0-9]+}}, 64
// CHECK:      sub nsw i64 %end, 15
// CHECK:      getelementptr inbounds float, ptr %p0, i64 960
// CHECK:      icmp eq i64 {{%v[0-9]+}}, 40
// CHECK:      define internal void @part0(ptr %context, i64 %begin, i64 %end)
// CHECK:      call void @kernel0(ptr %p0, i64 %begin, i64 %end)
// CHECK:      declare void @foldaway_parallel(ptr, ptr, i64, i64)
func.func @f(%x: memref<1000xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } outs(%x : memref<1000xf32>) attrs = {split = {loop = 0 : i64, parts = 4 : i64}} {
  ^bb0(%u: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  func.return
}
