// RUN: foldaway-opt -t llvm %s | filecheck %s
// A view that begins at a number from memory: an address of its own, and the kernel's is the same.

// CHECK:      [[N:%\S+]] = load i64
// CHECK-NEXT: [[ROW:%\S+]] = getelementptr inbounds float, ptr %a0, i64 [[N]]
// CHECK-NEXT: call void @kernel0(ptr [[ROW]], ptr %a2)
func.func @f(%x: memref<12xf32>, %i: memref<i64>, %y: memref<4xf32>) {
  %n = memref.load %i[] : memref<i64>
  %at = arith.index_cast %n : i64 to index
  %a = memref.reinterpret_cast %x to offset: [%at], sizes: [4], strides: [1] : memref<12xf32> to memref<4xf32, strided<[1], offset: ?>>
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%a : memref<4xf32, strided<[1], offset: ?>>) outs(%y : memref<4xf32>) {
  ^bb0(%u: f32, %v: f32):
    %w = arith.addf %u, %u : f32
    linalg.yield %w : f32
  }
  func.return
}
