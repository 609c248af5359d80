// RUN: foldaway-opt %s -p place-buffers | filecheck %s

// CHECK-LABEL: @f(%x: memref<6xf32>, %v: memref<2xf32>, %0: memref<6xf32>) {
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins(%x : memref<6xf32>) outs(%0 : memref<6xf32>)
// CHECK: [[PART:%.*]] = memref.subview %0[1] [2] [2] : memref<6xf32> to memref<2xf32, strided<[2], offset: 1>>
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins(%v : memref<2xf32>) outs([[PART]] :
func.func @f(%x: tensor<6xf32>, %v: tensor<2xf32>) -> tensor<6xf32> {
  %y = tensor.insert_slice %v into %x[1] [2] [2] : tensor<2xf32> into tensor<6xf32>
  func.return %y : tensor<6xf32>
}
