// RUN: foldaway-opt %s -p schedule-epilogues{least-bytes=0} | filecheck %s
// RUN: foldaway-opt %s -p schedule-epilogues | filecheck %s --check-prefix=SHORT

// Both go through the product's result, the second in the memory of the first; what stands between
// is moved in front.
// CHECK-LABEL: @layer
// CHECK-NEXT:  [[ROW:%\S+]] = memref.subview %b[0, 0] [64, 1] [1, 1]
// CHECK-NEXT:  linalg.generic
// CHECK:       linalg.generic
// CHECK:         arith.mulf
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%z, [[ROW]] :
// CHECK-SAME:    attrs =  {schedule = {kind = "epilogue"}}
// CHECK:       linalg.generic
// CHECK-SAME:    ins(%h, %r :
// CHECK-SAME:    attrs =  {schedule = {kind = "epilogue"}}
// CHECK:       func.return
// What is short is in the cache as it is.
// SHORT-NOT:   epilogue
func.func @layer(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %b: memref<64x2xf32>, %h: memref<64x64xf32>, %z: memref<64x64xf32>, %r: memref<64x64xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } outs(%z : memref<64x64xf32>) {
  ^bb0(%f: f32):
    %zero = arith.constant 0.0 : f32
    linalg.yield %zero : f32
  }
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<64x64xf32>, memref<64x64xf32>) outs(%z : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %product = arith.mulf %d, %e : f32
    %sum = arith.addf %f, %product : f32
    linalg.yield %sum : f32
  }
  %row = memref.subview %b[0, 0] [64, 1] [1, 1] : memref<64x2xf32> to memref<64x1xf32, strided<[2, 1]>>
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, 0)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %row : memref<64x64xf32>, memref<64x1xf32, strided<[2, 1]>>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%h, %r : memref<64x64xf32>, memref<64x64xf32>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}
