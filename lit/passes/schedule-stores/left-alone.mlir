// RUN: foldaway-opt %s -p schedule-stores{past-bytes=1000} | filecheck %s

// CHECK-NOT: past_cache

// The last cache holds both.
func.func @small(%x: memref<125xf32>, %z: memref<125xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : memref<125xf32>) outs(%z : memref<125xf32>) {
  ^bb0(%a: f32, %c: f32):
    linalg.yield %a : f32
  }
  func.return
}

// Another loop reads the result: it should be in the cache then.
func.func @read_again(%x: memref<256xf32>, %z: memref<256xf32>, %s: memref<f32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : memref<256xf32>) outs(%z : memref<256xf32>) {
  ^bb0(%a: f32, %c: f32):
    linalg.yield %a : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]
  } ins(%z : memref<256xf32>) outs(%s : memref<f32>) {
  ^bb0(%a: f32, %c: f32):
    %sum = arith.addf %a, %c : f32
    linalg.yield %sum : f32
  }
  func.return
}

// What a loop adds to is read by it.
func.func @added_to(%x: memref<256xf32>, %z: memref<256xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : memref<256xf32>) outs(%z : memref<256xf32>) {
  ^bb0(%a: f32, %c: f32):
    %sum = arith.addf %a, %c : f32
    linalg.yield %sum : f32
  }
  func.return
}

// Memory of the function itself will be read.
func.func @between(%x: memref<256xf32>, %z: memref<2xf32>) {
  %between = memref.alloc() : memref<256xf32>
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : memref<256xf32>) outs(%between : memref<256xf32>) {
  ^bb0(%a: f32, %c: f32):
    linalg.yield %a : f32
  }
  memref.dealloc %between : memref<256xf32>
  func.return
}

// The rows that are written don't end where lines do.
func.func @parts_of_lines(%x: memref<64x3xf32>, %z: memref<64x4xf32>) {
  %part = memref.reinterpret_cast %z to offset: [0], sizes: [64, 3], strides: [4, 1] : memref<64x4xf32> to memref<64x3xf32, strided<[4, 1]>>
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x : memref<64x3xf32>) outs(%part : memref<64x3xf32, strided<[4, 1]>>) {
  ^bb0(%a: f32, %c: f32):
    linalg.yield %a : f32
  }
  func.return
}
