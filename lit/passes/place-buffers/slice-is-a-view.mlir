// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// CHECK: [[PART:%.*]] = memref.subview %x[1, 0] [2, 3] [1, 1] : memref<4x3xf32> to memref<2x3xf32, strided<[3, 1], offset: 3>>
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins([[PART]] :
func.func @f(%x: tensor<4x3xf32>) -> tensor<2x3xf32> {
  %s = graph.slice %x, starts = [1, 0], limits = [3, 3], strides = [1, 1]
      : tensor<4x3xf32> -> tensor<2x3xf32>
  %y = graph.exp %s : tensor<2x3xf32>
  func.return %y : tensor<2x3xf32>
}
