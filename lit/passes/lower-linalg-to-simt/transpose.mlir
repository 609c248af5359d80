// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// Rows are read four at a time, columns are written so.
// CHECK:      simt.kernel @k0([[X:%\S+]]: memref<64x128xf32>, [[Y:%\S+]]: memref<128x64xf32>) block = [256, 1, 1] grid = [2, 1, 1] {
// CHECK:        [[S:%\S+]] = simt.shared : memref<64x65xf32>
// CHECK:        simt.load [[X]]{{.*}} align = 16 {{.*}} f32, f32, f32, f32
// CHECK-COUNT-4: simt.store [[S]]
// CHECK:        simt.barrier
// CHECK-COUNT-4: simt.load [[S]]
// CHECK:        simt.store [[Y]]{{.*}} align = 16
func.func @f(%x: tensor<64x128xf32>) -> tensor<128x64xf32> {
  %y = graph.transpose %x, permutation = [1, 0] : tensor<64x128xf32> -> tensor<128x64xf32>
  func.return %y : tensor<128x64xf32>
}
