// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// CHECK-LABEL: @f(%x: memref<2xf32>, %0: memref<4xf32>) {
// CHECK-NEXT: [[A:%.*]] = memref.subview %0[0] [2] [1]
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins(%x : memref<2xf32>) outs([[A]] :
// CHECK: [[B:%.*]] = memref.subview %0[2] [2] [1]
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins(%x : memref<2xf32>) outs([[B]] :
// CHECK-NOT: linalg.generic
func.func @f(%x: tensor<2xf32>) -> tensor<4xf32> {
  %a = graph.exp %x : tensor<2xf32>
  %b = graph.sin %x : tensor<2xf32>
  %c = graph.concat axis = 0 of %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<4xf32>
  func.return %c : tensor<4xf32>
}
