// RUN: foldaway-opt -t llvm %s | filecheck %s

// Vectors of terms are added, at the end the elements of the sum; the last term is alone.
// CHECK-LABEL: define internal void @kernel0
// CHECK:       phi <4 x double>
// CHECK:       call <4 x double> @llvm.fmuladd.v4f64
// CHECK:       call reassoc double @llvm.vector.reduce.fadd.v4f64(double 0x8000000000000000, <4 x double>
// CHECK:       load <1 x double>
// CHECK:       call <4 x double> @llvm.fmuladd.v4f64
func.func @product(%x: memref<65xf64>, %y: memref<7x65xf64>, %z: memref<7xf64>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, k) -> (k)>, affine_map<(i, k) -> (i, k)>, affine_map<(i, k) -> (i)>],
    iterator_types = ["parallel", "reduction"]
  } ins(%x, %y : memref<65xf64>, memref<7x65xf64>) outs(%z : memref<7xf64>)
  attrs = {schedule = {kind = "inner", rows = 1 : i64, columns = 7 : i64, lanes = 4 : i64}} {
  ^bb0(%a: f64, %b: f64, %c: f64):
    %product = arith.mulf %a, %b : f64
    %sum = arith.addf %c, %product : f64
    linalg.yield %sum : f64
  }
  func.return
}
