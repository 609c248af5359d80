// RUN: foldaway-opt -p schedule-contractions %s | filecheck %s

// Both have neighbours along the sums: vectors of terms are added.
// CHECK: schedule = {kind = "inner"
func.func @product(%x: memref<512x512xf64>, %y: memref<512xf64>, %z: memref<512xf64>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, k) -> (i, k)>, affine_map<(i, k) -> (k)>, affine_map<(i, k) -> (i)>],
    iterator_types = ["parallel", "reduction"]
  } ins(%x, %y : memref<512x512xf64>, memref<512xf64>) outs(%z : memref<512xf64>) {
  ^bb0(%a: f64, %b: f64, %c: f64):
    %product = arith.mulf %a, %b : f64
    %sum = arith.addf %c, %product : f64
    linalg.yield %sum : f64
  }
  func.return
}
