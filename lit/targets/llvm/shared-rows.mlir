// RUN: foldaway-opt -t llvm %s | filecheck %s
// Rounds that threads share have memory of their own; where there is none the function says so.

// CHECK:      define i32 @f(ptr %block)
// CHECK:      call void @foldaway_parallel(ptr @part0, ptr %local0, i64 9, i64 5)
// CHECK-NEXT: [[STATUS:%\S+]] = load i64, ptr %local0
// CHECK:      ret i32
// CHECK:      define internal void @part0(ptr %context, i64 %begin, i64 %end)
// CHECK:      call ptr @aligned_alloc(i64 64, i64 400000)
// CHECK:      store i64 1, ptr %context
// CHECK:      add nsw i64 %begin,
// CHECK:      call void @kernel0
// CHECK:      call void @free(ptr %workspace)
func.func @f(%x: memref<900000xf32>) {
  %zero = arith.constant 0 : index
  %nine = arith.constant 9 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %nine step %one {
    %hundred = arith.constant 100000 : index
    %at = arith.muli %i, %hundred : index
    %a = memref.reinterpret_cast %x to offset: [%at], sizes: [100000], strides: [1] : memref<900000xf32> to memref<100000xf32, strided<[1], offset: ?>>
    %t = memref.alloc() : memref<100000xf32>
    linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
    } ins(%a : memref<100000xf32, strided<[1], offset: ?>>) outs(%t : memref<100000xf32>) {
    ^bb0(%u: f32, %v: f32):
      linalg.yield %u : f32
    }
    linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
    } ins(%t : memref<100000xf32>) outs(%a : memref<100000xf32, strided<[1], offset: ?>>) {
    ^bb0(%u: f32, %v: f32):
      %w = arith.addf %u, %v : f32
      linalg.yield %w : f32
    }
    memref.dealloc %t : memref<100000xf32>
  } {independent, split = {loop = 0 : i64, parts = 2 : i64}}
  func.return
}
