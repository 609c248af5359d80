// RUN: foldaway-opt -p differentiate-graph %s | filecheck %s

// The window is turned round for the image, and moves by one step over a gradient with zeros between;
// for the weight, the gradient is the window, of which the elements lie the strides apart.
// CHECK: graph.update_slice {{.*}} strides = [1, 1, 2]
// CHECK: graph.pad {{.*}} low = [0, 0, 2], high = [0, 0, 2]
// CHECK: graph.reverse {{.*}} axes = [2]
// CHECK: [[X:%.*]] = graph.conv {{.*}} strides = [1], dilations = [1], groups = 1, channels = "first" : tensor<1x4x11xf32>, tensor<3x4x3xf32> -> tensor<1x3x9xf32>
// CHECK: [[W:%.*]] = graph.conv {{.*}} strides = [1], dilations = [2], groups = 1, channels = "last" : tensor<3x9x1xf32>, tensor<4x4x1xf32> -> tensor<3x3x4xf32>
// CHECK: [[T:%.*]] = graph.transpose [[W]], permutation = [2, 1, 0]
func.func @f(%x: tensor<1x3x9xf32>, %w: tensor<4x3x3xf32>, %s: tensor<1x4x4xf32>) -> (tensor<1x3x9xf32>, tensor<4x3x3xf32>) {
  %u = graph.variable %x : tensor<1x3x9xf32>
  %v = graph.variable %w : tensor<4x3x3xf32>
  %y = graph.conv %u, %v, strides = [2], dilations = [1], groups = 1, channels = "first"
      : tensor<1x3x9xf32>, tensor<4x3x3xf32> -> tensor<1x4x4xf32>
  %g, %h = graph.gradient of %y : tensor<1x4x4xf32> seeds %s : tensor<1x4x4xf32>
      by %u, %v : tensor<1x3x9xf32>, tensor<4x3x3xf32> -> tensor<1x3x9xf32>, tensor<4x3x3xf32>
  func.return %g, %h : tensor<1x3x9xf32>, tensor<4x3x3xf32>
}
