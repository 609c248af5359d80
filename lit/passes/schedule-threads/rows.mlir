// RUN: foldaway-opt -p schedule-threads{least=1000,part=100} %s | filecheck %s

// Only rounds that need nothing of each other are shared; then the loops inside aren't.
// CHECK: } {independent, split = {loop = 0 : i64, parts = 9 : i64}}
// CHECK: func.func @others
// CHECK-NOT: split
func.func @f(%x: memref<900xf32>) {
  %zero = arith.constant 0 : index
  %nine = arith.constant 9 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %nine step %one {
    %hundred = arith.constant 100 : index
    %at = arith.muli %i, %hundred : index
    %a = memref.reinterpret_cast %x to offset: [%at], sizes: [100, 2], strides: [1, 0] : memref<900xf32> to memref<100x2xf32, strided<[1, 0], offset: ?>>
    linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
    } outs(%a : memref<100x2xf32, strided<[1, 0], offset: ?>>) {
    ^bb0(%u: f32):
      %w = arith.addf %u, %u : f32
      linalg.yield %w : f32
    }
  } {independent}
  func.return
}

func.func @others(%x: memref<100xf32>) {
  %zero = arith.constant 0 : index
  %nine = arith.constant 99 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %nine step %one {
    linalg.generic {
      indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]
    } outs(%x : memref<100xf32>) {
    ^bb0(%u: f32):
      %w = arith.addf %u, %u : f32
      linalg.yield %w : f32
    }
  }
  func.return
}
