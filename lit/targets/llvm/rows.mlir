// RUN: foldaway-opt -t llvm %s | filecheck %s
// A view that begins at a run-time element is an address of its own; two such views are one.

// CHECK:      define i32 @f(ptr %block)
// CHECK:      loop{{[0-9]+}}:
// CHECK-NEXT: [[I:%\S+]] = phi i64
// CHECK-NEXT: [[AT:%\S+]] = mul i64 [[I]], 4
// CHECK-NEXT: [[ROW:%\S+]] = getelementptr inbounds float, ptr %a0, i64 [[AT]]
// CHECK-NEXT: call void @kernel0(ptr [[ROW]])
// CHECK-NEXT: add nuw nsw i64 [[I]], 1
// CHECK:      define internal void @kernel0(ptr noalias nocapture align 4 %p0) noinline
func.func @f(%x: memref<12xf32>) {
  %zero = arith.constant 0 : index
  %three = arith.constant 3 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %three step %one {
    %four = arith.constant 4 : index
    %at = arith.muli %i, %four : index
    %a = memref.reinterpret_cast %x to offset: [%at], sizes: [4], strides: [1] : memref<12xf32> to memref<4xf32, strided<[1], offset: ?>>
    %b = memref.reinterpret_cast %x to offset: [%at], sizes: [4], strides: [1] : memref<12xf32> to memref<4xf32, strided<[1], offset: ?>>
    linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]
    } ins(%a : memref<4xf32, strided<[1], offset: ?>>) outs(%b : memref<4xf32, strided<[1], offset: ?>>) {
    ^bb0(%u: f32, %v: f32):
      %w = arith.addf %u, %v : f32
      linalg.yield %w : f32
    }
  }
  func.return
}
