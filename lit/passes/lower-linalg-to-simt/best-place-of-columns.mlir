// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// Neighbours in a warp have neighbouring columns; lanes of a column meet in shared memory, where of
// equal values the one of the lower place wins.
// CHECK:      simt.kernel @k0({{.*}}: memref<400x33xf32>, {{.*}}) block = [1024, 1, 1] grid = [2, 1, 1] {
// CHECK:        scf.for
// CHECK:          simt.load {{.*}} -> f32
// CHECK-NOT:    simt.shuffle
// CHECK:        [[V:%\S+]] = simt.shared : memref<1024xf32>
// CHECK-NEXT:   [[P:%\S+]] = simt.shared : memref<1024xi64>
// CHECK-NEXT:   simt.store [[V]]
// CHECK-NEXT:   simt.store [[P]]
// CHECK-NEXT:   simt.barrier
// CHECK:        arith.cmpi slt, {{.*}} : i64
// CHECK:        simt.store [[V]]
// CHECK-NEXT:   simt.store [[P]]
func.func @f(%x: tensor<400x33xf32>) -> tensor<33xi64> {
  %m = graph.argreduce "max" %x, axis = 0 : tensor<400x33xf32> -> tensor<33xi64>
  func.return %m : tensor<33xi64>
}
