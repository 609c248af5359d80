// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-epilogues{least-bytes=0},schedule-simt,lower-linalg-to-simt | filecheck %s

// The right matrix lies with its rows in shared memory, and is turned when it is read. The sums in
// f32 never lie in memory.
// CHECK-LABEL: simt.kernel @k0
// CHECK:       simt.async_copy {{.*}} bytes = 16 :
// CHECK:       scf.for
// CHECK:         simt.matrix_load {{%\S+\[%\S+\] :}}
// CHECK:         simt.matrix_load {{%\S+\[%\S+\]}} transposed
// CHECK:         simt.mma "m16n8k16" "f16"
// CHECK:       arith.truncf
// CHECK:       simt.store {{.*}} memref<64x64xf16>
// CHECK-LABEL: @aligned
// CHECK-NOT:   memref.alloc
// CHECK:       simt.launch @k0
func.func @aligned(%x: tensor<64x64xf16>, %y: tensor<64x64xf16>) -> tensor<64x64xf16> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<64x64xf16>, tensor<64x64xf16> -> tensor<64x64xf16>
  func.return %p : tensor<64x64xf16>
}

// Rows of an odd number of halves aren't aligned: they go through registers, and what is beyond
// the matrix becomes 0.
// CHECK-LABEL: simt.kernel @k1
// CHECK-NOT:   simt.async_copy
// CHECK:       scf.for
// CHECK:         simt.load {{.*}} align = 2 : memref<33x33xf16>, i32 -> i16
// CHECK-NEXT:    arith.select
// CHECK:         simt.mma
// CHECK:         simt.store {{.*}} memref<{{[0-9]+}}xf16>, i32, i16
func.func @odd(%x: tensor<33x33xf16>, %y: tensor<33x33xf16>) -> tensor<33x33xf16> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<33x33xf16>, tensor<33x33xf16> -> tensor<33x33xf16>
  func.return %p : tensor<33x33xf16>
}
