// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// A warp for each row: a thread adds every 32nd element, then the lanes exchange their sums.
// What the sum starts from is in the kernel, not in memory.
// CHECK:      simt.kernel @k0({{.*}}) block = [256, 1, 1] grid = [5, 1, 1] {
// CHECK:        arith.shrui
// CHECK:        simt.load {{.*}} -> f32
// CHECK:        scf.if {{.*}} -> (f32) {
// CHECK-COUNT-5: simt.shuffle "xor"
// CHECK:        scf.if
// CHECK:          simt.store
// CHECK-NOT:    simt.barrier
// CHECK:        simt.return
// CHECK:      simt.launch @k0
// CHECK-NEXT: func.return
func.func @f(%x: tensor<40x33xf32>) -> tensor<40xf32> {
  %y = graph.reduce "sum" %x, axes = [1] : tensor<40x33xf32> -> tensor<40xf32>
  func.return %y : tensor<40xf32>
}
