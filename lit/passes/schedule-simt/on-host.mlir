// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// The sine of a float64 is C's.
// CHECK-LABEL: @f
// CHECK:       linalg.generic {{.*}} {on_host = "there is no device code for math.sin of f64"}
// CHECK:       math.sin
func.func @f(%x: tensor<8xf64>) -> tensor<8xf64> {
  %y = graph.sin %x : tensor<8xf64>
  func.return %y : tensor<8xf64>
}
