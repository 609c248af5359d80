// RUN: foldaway-opt %s -p schedule-stores{past-bytes=1000} | filecheck %s

// Nobody reads the result here, and it doesn't fit: it goes past the cache, in whole lines.
// CHECK-LABEL: @sum(
// CHECK: schedule = {kind = "past_cache"}
func.func @sum(%x: memref<8x32xf32>, %y: memref<32xf32>, %z: memref<8x32xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x, %y : memref<8x32xf32>, memref<32xf32>) outs(%z : memref<8x32xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %sum = arith.addf %a, %b : f32
    linalg.yield %sum : f32
  }
  func.return
}

// A processor doesn't look far ahead behind so many ops: of what there is a row each it is told.
// CHECK-LABEL: @long(
// CHECK: schedule = {kind = "past_cache", ahead = 1024 : i64, fetched = [0 : i64]}
func.func @long(%x: memref<8x32xf32>, %y: memref<32xf32>, %z: memref<8x32xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x, %y : memref<8x32xf32>, memref<32xf32>) outs(%z : memref<8x32xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.addf %a, %b : f32
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    %5 = arith.mulf %4, %4 : f32
    %6 = arith.mulf %5, %5 : f32
    %7 = arith.mulf %6, %6 : f32
    linalg.yield %7 : f32
  }
  func.return
}

// Nothing is fetched for a constant.
// CHECK-LABEL: @filled(
// CHECK: schedule = {kind = "past_cache"}
func.func @filled(%z: memref<512xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } outs(%z : memref<512xf32>) {
  ^bb0(%c: f32):
    %one = arith.constant 1.0 : f32
    linalg.yield %one : f32
  }
  func.return
}

// All rows are neighbours, so that it doesn't matter how long one is.
// CHECK-LABEL: @short_rows(
// CHECK: schedule = {kind = "past_cache"
func.func @short_rows(%x: memref<64x3xf32>, %z: memref<64x3xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x : memref<64x3xf32>) outs(%z : memref<64x3xf32>) {
  ^bb0(%a: f32, %c: f32):
    %sum = arith.addf %a, %a : f32
    linalg.yield %sum : f32
  }
  func.return
}
