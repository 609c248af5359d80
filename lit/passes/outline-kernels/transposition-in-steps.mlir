// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: [[x:%.*]] = tensor.collapse_shape %x {{.*}} : tensor<2x3x4x1x5xf32> into tensor<2x3x4x5xf32>
// CHECK: func.call @f_0([[x]]) : (tensor<2x3x4x5xf32>) -> tensor<3x2x4x5xf32>
// CHECK: func.call @f_1({{.*}}) : (tensor<3x2x4x5xf32>) -> tensor<3x2x5x4xf32>
// CHECK: tensor.expand_shape
func.func @f(%x: tensor<2x3x4x1x5xf32>) -> tensor<3x2x5x4x1xf32> {
  %y = graph.transpose %x, permutation = [1, 0, 4, 2, 3] : tensor<2x3x4x1x5xf32> -> tensor<3x2x5x4x1xf32>
  func.return %y : tensor<3x2x5x4x1xf32>
}
