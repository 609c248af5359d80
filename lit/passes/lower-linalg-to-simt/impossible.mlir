// RUN: foldaway-opt %s -p lower-linalg-to-simt --split-input-file --verify-diagnostics | filecheck %s

// Rows of ten elements have no groups of four.
// CHECK: error: no kernel can be made of a loop nest as its schedule says
func.func @groups(%x: memref<8x10xf32>, %y: memref<10x8xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j, i)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x : memref<8x10xf32>) outs(%y : memref<10x8xf32>) attrs = {
    simt = {family = "elementwise", threads = 256 : i64, blocks = 1 : i64, width = 16 : i64}
  } {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  func.return
}

// -----

// Lanes meet two by two.
// CHECK: error: no kernel can be made of a loop nest as its schedule says
func.func @lanes(%x: memref<8x10xf32>, %y: memref<8xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
    iterator_types = ["parallel", "reduction"]
  } ins(%x : memref<8x10xf32>) outs(%y : memref<8xf32>) attrs = {
    simt = {family = "reduction", threads = 256 : i64, lanes = 3 : i64, across = 1 : i64}
  } {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  }
  func.return
}
