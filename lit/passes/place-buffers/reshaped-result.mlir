// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// CHECK-LABEL: @f(%x: memref<2x3xf32>, %0: memref<6xf32>) {
// CHECK-NEXT: [[TO:%.*]] = memref.reinterpret_cast %0 to offset: [0], sizes: [2, 3], strides: [3, 1]
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins(%x : memref<2x3xf32>) outs([[TO]] : memref<2x3xf32>)
// CHECK-NOT: linalg.generic
func.func @f(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %y = graph.exp %x : tensor<2x3xf32>
  %z = graph.reshape %y : tensor<2x3xf32> -> tensor<6xf32>
  func.return %z : tensor<6xf32>
}
