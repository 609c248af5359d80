// RUN: foldaway-opt %s -p schedule-epilogues{least-bytes=0} | filecheck %s

// The product reads all of the right matrix for each part.
// CHECK-LABEL: @over_an_operand(
// CHECK-NOT: epilogue
func.func @over_an_operand(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>) {
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
  } ins(%z, %z : memref<64x64xf32>, memref<64x64xf32>) outs(%y : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}

// An element needs others of the result, which may not be complete.
// CHECK-LABEL: @transposed(
// CHECK-NOT: epilogue
func.func @transposed(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>, %r: memref<64x64xf32>) {
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
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %z : memref<64x64xf32>, memref<64x64xf32>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}

// It would write memory in steps.
// CHECK-LABEL: @other_order(
// CHECK-NOT: epilogue
func.func @other_order(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>, %r: memref<64x64xf32>) {
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
    indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %x : memref<64x64xf32>, memref<64x64xf32>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}

// It reads one row of the result for all others.
// CHECK-LABEL: @a_row(
// CHECK-NOT: epilogue
func.func @a_row(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>, %b: memref<64xf32>, %r: memref<64x64xf32>) {
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
    indexing_maps = [affine_map<(i, j) -> (0, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %b : memref<64x64xf32>, memref<64xf32>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}

// The reduction goes through rows together with it.
// CHECK-LABEL: @reduced(
// CHECK-NOT: epilogue
func.func @reduced(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>, %b: memref<64xf32>, %r: memref<64x64xf32>, %s: memref<64xf32>) {
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
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %b : memref<64x64xf32>, memref<64xf32>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
    iterator_types = ["parallel", "reduction"]
  } ins(%r : memref<64x64xf32>) outs(%s : memref<64xf32>) {
  ^bb0(%d: f32, %f: f32):
    %sum = arith.addf %f, %d : f32
    linalg.yield %sum : f32
  }
  func.return
}

// One product is added to another: they may go through rows together.
// CHECK-LABEL: @several(
// CHECK-NOT: epilogue
func.func @several(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>, %b: memref<64xf32>, %r: memref<64x64xf32>) {
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
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %b : memref<64x64xf32>, memref<64xf32>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}

// It doesn't read the result.
// CHECK-LABEL: @apart(
// CHECK-NOT: epilogue
func.func @apart(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xf32>, %b: memref<64xf32>, %r: memref<64x64xf32>) {
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
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x, %b : memref<64x64xf32>, memref<64xf32>) outs(%r : memref<64x64xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}
