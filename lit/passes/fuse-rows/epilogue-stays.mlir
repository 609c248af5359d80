// RUN: foldaway-opt %s -p fuse-rows{tile-bytes=256,least-bytes=0} | filecheck %s

// A nest that runs together with a product isn't tiled; what follows it may be.
// CHECK:      kind = "epilogue"
// CHECK:      scf.for
// CHECK-NOT:  kind
// CHECK:      func.return
func.func @layer(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>, %b: memref<64x64xf32>, %r: memref<64x64xf32>, %s: memref<64x64xf32>) {
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
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %b : memref<64x64xf32>, memref<64x64xf32>) outs(%r : memref<64x64xf32>) attrs = {schedule = {kind = "epilogue"}} {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%b, %r : memref<64x64xf32>, memref<64x64xf32>) outs(%s : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%r, %s : memref<64x64xf32>, memref<64x64xf32>) outs(%s : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}
