// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// CHECK-LABEL: @f(%x: memref<3xf32>, %0: memref<3xf32>, %1: memref<3xf32>) {
// CHECK: math.exp
// CHECK: linalg.generic
// CHECK-SAME: ins(%0 : memref<3xf32>) outs(%1 : memref<3xf32>)
func.func @f(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %y = graph.exp %x : tensor<3xf32>
  func.return %y, %y : tensor<3xf32>, tensor<3xf32>
}
