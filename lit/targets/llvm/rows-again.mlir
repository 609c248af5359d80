// RUN: foldaway-opt -t llvm %s | filecheck %s
// A view may begin again after some rounds.

// CHECK:      [[I:%\S+]] = phi i64
// CHECK-NEXT: [[AGAIN:%\S+]] = urem i64 [[I]], 3
// CHECK-NEXT: [[AT:%\S+]] = mul i64 [[AGAIN]], 4
// CHECK:      getelementptr inbounds float, ptr %a0, i64 [[AT]]
func.func @f(%x: memref<12xf32>, %y: memref<24xf32>) {
  %zero = arith.constant 0 : index
  %six = arith.constant 6 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %six step %one {
    %three = arith.constant 3 : index
    %four = arith.constant 4 : index
    %again = arith.remui %i, %three : index
    %at = arith.muli %again, %four : index
    %to = arith.muli %i, %four : index
    %a = memref.reinterpret_cast %x to offset: [%at], sizes: [4], strides: [1] : memref<12xf32> to memref<4xf32, strided<[1], offset: ?>>
    %b = memref.reinterpret_cast %y to offset: [%to], sizes: [4], strides: [1] : memref<24xf32> to memref<4xf32, strided<[1], offset: ?>>
    linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]
    } ins(%a : memref<4xf32, strided<[1], offset: ?>>) outs(%b : memref<4xf32, strided<[1], offset: ?>>) {
    ^bb0(%u: f32, %v: f32):
      linalg.yield %u : f32
    }
  }
  func.return
}
