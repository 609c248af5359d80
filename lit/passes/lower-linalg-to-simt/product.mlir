// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-epilogues{least-bytes=0},schedule-simt,lower-linalg-to-simt | filecheck %s

// Copies run ahead of the sums by two of three stages.
// CHECK-LABEL: simt.kernel @k0
// CHECK-SAME:  block = [64, 1, 1] grid = [4, 1, 1] shared_bytes = 13056
// CHECK-DAG:   [[LEFT:%\S+]] = simt.shared offset = 0 : memref<1728xf32>
// CHECK-DAG:   [[RIGHT:%\S+]] = simt.shared offset = 6912 : memref<1536xf32>
// The left matrix is turned on its way.
// CHECK-COUNT-8: simt.async_copy {{.*}} to [[LEFT]]{{.*}} bytes = 4
// CHECK-COUNT-2: simt.async_copy {{.*}} to [[RIGHT]]{{.*}} bytes = 16
// CHECK:       simt.async_commit
// CHECK-COUNT-10: simt.async_copy
// CHECK:       simt.async_commit
// CHECK:       simt.async_wait 1
// CHECK:       simt.barrier
// CHECK:       simt.load [[LEFT]]
// CHECK:       simt.load [[RIGHT]]
// CHECK:       scf.for
// CHECK-COUNT-10: simt.async_copy
// CHECK:         simt.async_commit
// CHECK-COUNT-240: math.fma
// The threads meet while the last products of a stage are to be done.
// CHECK:         simt.async_wait 1
// CHECK-NEXT:    simt.barrier
// CHECK:         simt.load [[LEFT]]
// CHECK:         simt.load [[RIGHT]]
// CHECK-COUNT-16: math.fma
// The sums lie where the tiles were; what is added to them is read once.
// CHECK:       simt.async_wait 0
// CHECK:       [[SUMS:%\S+]] = simt.shared offset = 0 : memref<1280xf32>
// CHECK:       simt.barrier
// CHECK:       simt.store [[SUMS]]
// CHECK:       simt.barrier
// CHECK:       scf.for
// CHECK:         simt.load [[SUMS]]
// CHECK:         simt.load
// CHECK-COUNT-4: arith.addf
// CHECK-COUNT-1: simt.store
// CHECK-NOT:   simt.store
// CHECK-LABEL: @floats
// CHECK-NEXT:  simt.launch @k0
// CHECK-NEXT:  func.return
func.func @floats(%x: tensor<64x64xf32>, %y: tensor<64x64xf32>, %z: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<64x64xf32>, tensor<64x64xf32> -> tensor<64x64xf32>
  %s = graph.add %p, %z : tensor<64x64xf32>
  func.return %s : tensor<64x64xf32>
}
