// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,fuse-rows{least-bytes=0} | filecheck %s

// Each channel is framed and convolved by itself: the frame is as long as one, and what clears the
// result stays next to the products.
// CHECK:      scf.for
// CHECK:        memref.alloc() : memref<3364xf32>
// CHECK:        [[Z:%\S+]] = memref.reinterpret_cast %0 to {{.*}}sizes: [1, 56, 56]
// CHECK:        memref.reinterpret_cast {{.*}}sizes: [1, 56, 56, 3, 3], strides: [3364, 58, 1, 58, 1]
// CHECK:        linalg.generic
// CHECK:        linalg.generic
// CHECK:        linalg.generic {{.*}} outs([[Z]]
// CHECK:        linalg.generic {{.*}} outs([[Z]]
// CHECK:          arith.mulf
func.func @f(%x: tensor<1x64x56x56xf32>, %w: tensor<64x1x3x3xf32>) -> tensor<1x64x56x56xf32> {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %p = graph.pad %x, %zero, low = [0, 0, 1, 1], high = [0, 0, 1, 1]
      : tensor<1x64x56x56xf32>, tensor<f32> -> tensor<1x64x58x58xf32>
  %z = graph.conv %p, %w, strides = [1, 1], dilations = [1, 1], groups = 64, channels = "first"
      : tensor<1x64x58x58xf32>, tensor<64x1x3x3xf32> -> tensor<1x64x56x56xf32>
  func.return %z : tensor<1x64x56x56xf32>
}
