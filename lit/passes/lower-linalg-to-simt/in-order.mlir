// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// A thread for each column takes its elements in order; the place and the value are in registers.
// CHECK:      simt.kernel @k
// CHECK:        [[P:%\S+]], {{.*}} = scf.for [[I:%\S+]] = {{.*}} iter_args(
// CHECK:          simt.load {{.*}} -> f32
// CHECK:          arith.index_cast [[I]] : i32 to index
// CHECK:          scf.yield
// CHECK:        simt.store
func.func @f(%x: tensor<40x33xf32>) -> tensor<33xi64> {
  %m = graph.argreduce "max" %x, axis = 0 : tensor<40x33xf32> -> tensor<33xi64>
  func.return %m : tensor<33xi64>
}
