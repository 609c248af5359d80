// RUN: foldaway-opt -p schedule-threads{least=0,part=1} %s | filecheck %s

// A sum's rounds write one element; and no round may read what another writes.
// CHECK: attrs = {split = {loop = 1 : i64, parts = 64 : i64}}
// CHECK: func.func @none
// CHECK-NOT: split
func.func @columns(%x: memref<256x64xf32>, %y: memref<64xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>],
    iterator_types = ["reduction", "parallel"]
  } ins(%x : memref<256x64xf32>) outs(%y : memref<64xf32>) {
  ^bb0(%u: f32, %v: f32):
    %w = arith.addf %u, %v : f32
    linalg.yield %w : f32
  }
  func.return
}

func.func @none(%x: memref<256xf32>, %y: memref<f32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]
  } ins(%x : memref<256xf32>) outs(%y : memref<f32>) {
  ^bb0(%u: f32, %v: f32):
    %w = arith.addf %u, %v : f32
    linalg.yield %w : f32
  }
  %a = memref.subview %x[0] [255] [1] : memref<256xf32> to memref<255xf32, strided<[1]>>
  %b = memref.subview %x[1] [255] [1] : memref<256xf32> to memref<255xf32, strided<[1], offset: 1>>
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%a : memref<255xf32, strided<[1]>>) outs(%b : memref<255xf32, strided<[1], offset: 1>>) {
  ^bb0(%u: f32, %v: f32):
    linalg.yield %u : f32
  }
  func.return
}
