// RUN: foldaway-opt %s -p place-buffers | filecheck %s

// CHECK-LABEL: @f(%x: memref<3xf32>, %0: memref<3xf32>, %1: memref<3xf32>) {
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins(%x : memref<3xf32>) outs(%0 : memref<3xf32>)
// CHECK: linalg.generic
// CHECK-SAME: ins(%x : memref<3xf32>) outs(%1 : memref<3xf32>)
func.func @f(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  func.return %x, %x : tensor<3xf32>, tensor<3xf32>
}
