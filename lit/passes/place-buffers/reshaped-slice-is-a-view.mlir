// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// A row of a sequence lies densely, and a column's elements lie evenly: neither is copied.
// The elements of two columns do neither.
// CHECK-LABEL: @f(
// CHECK:       memref.subview %x[2, 0, 0]
// CHECK-NEXT:  memref.reinterpret_cast %x to offset: [32], sizes: [16], strides: [1]
// CHECK-NEXT:  linalg.generic
// CHECK:       memref.subview %x[0, 0, 1]
// CHECK:       memref.reinterpret_cast %x to offset: [1], sizes: [3, 2, 2], strides: [16, 8, 4]
// CHECK-NEXT:  linalg.generic
// CHECK:       memref.subview %x[0, 0, 1] [3, 1, 2]
// CHECK-NEXT:  [[COPY:%\S+]] = memref.alloc() : memref<3x1x2xf32>
// CHECK-NEXT:  linalg.generic
// CHECK:       memref.reinterpret_cast [[COPY]] to offset: [0], sizes: [6], strides: [1]
func.func @f(%x: tensor<3x4x4xf32>) -> (tensor<16xf32>, tensor<3x2x2xf32>, tensor<6xf32>) {
  %r = graph.slice %x, starts = [2, 0, 0], limits = [3, 4, 4], strides = [1, 1, 1] : tensor<3x4x4xf32> -> tensor<1x4x4xf32>
  %row = graph.reshape %r : tensor<1x4x4xf32> -> tensor<16xf32>
  %a = graph.exp %row : tensor<16xf32>
  %c = graph.slice %x, starts = [0, 0, 1], limits = [3, 4, 2], strides = [1, 1, 1] : tensor<3x4x4xf32> -> tensor<3x4x1xf32>
  %column = graph.reshape %c : tensor<3x4x1xf32> -> tensor<3x2x2xf32>
  %b = graph.exp %column : tensor<3x2x2xf32>
  %d = graph.slice %x, starts = [0, 0, 1], limits = [3, 1, 3], strides = [1, 1, 1] : tensor<3x4x4xf32> -> tensor<3x1x2xf32>
  %part = graph.reshape %d : tensor<3x1x2xf32> -> tensor<6xf32>
  %e = graph.exp %part : tensor<6xf32>
  func.return %a, %b, %e : tensor<16xf32>, tensor<3x2x2xf32>, tensor<6xf32>
}
