// RUN: foldaway-opt -t llvm %s | filecheck %s
// Where a view begins is no matter of the kernel, so that unrolled rounds of a loop share one;
// of two views of the same memory, the kernel knows how far apart they are.

// CHECK:      define i32 @f(ptr %block)
// CHECK:      [[A:%\S+]] = getelementptr inbounds float, ptr %a0, i64 8
// CHECK-NEXT: call void @kernel0(ptr [[A]])
// CHECK-NEXT: call void @kernel0(ptr %a0)
// CHECK:      define internal void @kernel0(ptr noalias nocapture align 4 %p0)
// CHECK:      getelementptr inbounds float, ptr %p0, i64 4
// CHECK-NOT:  define internal
func.func @f(%x: memref<16xf32>) {
  %a = memref.subview %x[8] [4] [1] : memref<16xf32> to memref<4xf32, strided<[1], offset: 8>>
  %b = memref.subview %x[12] [4] [1] : memref<16xf32> to memref<4xf32, strided<[1], offset: 12>>
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%a : memref<4xf32, strided<[1], offset: 8>>) outs(%b : memref<4xf32, strided<[1], offset: 12>>) {
  ^bb0(%u: f32, %v: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  %c = memref.subview %x[0] [4] [1] : memref<16xf32> to memref<4xf32, strided<[1]>>
  %d = memref.subview %x[4] [4] [1] : memref<16xf32> to memref<4xf32, strided<[1], offset: 4>>
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%c : memref<4xf32, strided<[1]>>) outs(%d : memref<4xf32, strided<[1], offset: 4>>) {
  ^bb0(%u: f32, %v: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  func.return
}
