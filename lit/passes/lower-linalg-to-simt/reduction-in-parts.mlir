// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// Blocks leave partial sums, which the next kernel adds in the same order each time.
// CHECK:      simt.kernel @k0({{.*}}: memref<1x64xf32>, {{.*}}: memref<1048576xf32>) block = [512, 1, 1] grid = [64, 1, 1]
// CHECK:        simt.shared : memref<16xf32>
// CHECK:        simt.barrier
// CHECK:      simt.kernel @k1({{.*}}: memref<1x64xf32>, {{.*}}: memref<f32>) block = [32, 1, 1] grid = [1, 1, 1]
// CHECK:      [[P:%\S+]] = memref.alloc() : memref<1x64xf32>
// CHECK-NEXT: simt.launch @k0([[P]], %x)
// CHECK-NEXT: simt.launch @k1([[P]], {{.*}})
// CHECK-NEXT: memref.dealloc [[P]]
func.func @f(%x: tensor<1048576xf32>) -> tensor<f32> {
  %y = graph.reduce "sum" %x, axes = [0] : tensor<1048576xf32> -> tensor<f32>
  func.return %y : tensor<f32>
}
