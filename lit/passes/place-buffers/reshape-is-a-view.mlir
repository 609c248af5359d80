// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// CHECK-LABEL: @f(%x: memref<2x3xf32>, %0: memref<6xf32>) {
// CHECK-NEXT: [[IN:%.*]] = memref.reinterpret_cast %x to offset: [0], sizes: [6], strides: [1]
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins([[IN]] : memref<6xf32>) outs(%0 : memref<6xf32>)
func.func @f(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %y = graph.reshape %x : tensor<2x3xf32> -> tensor<6xf32>
  %z = graph.exp %y : tensor<6xf32>
  func.return %z : tensor<6xf32>
}
