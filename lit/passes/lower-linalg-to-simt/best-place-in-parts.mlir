// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// Blocks leave the best values of their parts and where they are; the next kernel compares these.
// CHECK:      simt.kernel @k0({{.*}}: memref<1x64xf32>, {{.*}}: memref<1x64xi64>, {{.*}}: memref<1048576xf32>) block = [512, 1, 1] grid = [64, 1, 1]
// CHECK:      simt.kernel @k1({{.*}}: memref<1x64xf32>, {{.*}}: memref<1x64xi64>, {{.*}}: memref<f32>, {{.*}}: memref<i64>) block = [32, 1, 1] grid = [1, 1, 1]
// CHECK:        simt.load {{.*}} -> f32
// CHECK:        simt.load {{.*}} -> i64
// CHECK:        simt.shuffle "xor" {{.*}} : i64
// CHECK:      simt.launch @k0
// CHECK-NEXT: simt.launch @k1
// CHECK-NEXT: memref.dealloc
// CHECK-NEXT: memref.dealloc
func.func @f(%x: tensor<1048576xf32>) -> tensor<i64> {
  %m = graph.argreduce "max" %x, axis = 0 : tensor<1048576xf32> -> tensor<i64>
  func.return %m : tensor<i64>
}
