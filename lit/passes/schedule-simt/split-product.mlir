// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt | filecheck %s

// Four tiles are too few for all processors, so that blocks sum up parts of 1,024 terms, which a
// second kernel adds, in the same order each time.
// CHECK-LABEL: @f
// CHECK:       [[X:%\S+]] = memref.reinterpret_cast %x to offset: [0], sizes: [64, 32, 1024], strides: [32768, 1024, 1]
// CHECK:       [[W:%\S+]] = memref.reinterpret_cast %w to offset: [0], sizes: [32, 1024, 64], strides: [65536, 64, 1]
// CHECK:       linalg.generic {{.*}}"parallel", "parallel", "parallel", "reduction"]} ins([[X]], [[W]] : {{.*}}) outs([[P:%\S+]] : memref<32x64x64xf32>) {{.*}}family = "fma", rows = 32 : i64, columns = 32 : i64
// CHECK:       linalg.generic {{.*}}"reduction", "parallel", "parallel"]} ins([[P]] : {{.*}}family = "reduction"
// CHECK:       memref.dealloc [[P]]
func.func @f(%x: tensor<64x32768xf32>, %w: tensor<32768x64xf32>) -> tensor<64x64xf32> {
  %y = graph.dot_general %x, %w, batch = [] x [], contract = [1] x [0] : tensor<64x32768xf32>, tensor<32768x64xf32> -> tensor<64x64xf32>
  func.return %y : tensor<64x64xf32>
}
