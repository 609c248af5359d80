// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// CHECK-LABEL: @f(%x: memref<2x3xf32>, %0: memref<2xf32>) {
// CHECK-NEXT: linalg.generic
// CHECK-SAME: outs(%0 : memref<2xf32>)
// CHECK: linalg.generic
// CHECK-SAME: ins(%x : memref<2x3xf32>) outs(%0 : memref<2xf32>)
// CHECK-NOT: linalg.generic
func.func @f(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  %s = graph.reduce "sum" %x, axes = [1] : tensor<2x3xf32> -> tensor<2xf32>
  func.return %s : tensor<2xf32>
}
