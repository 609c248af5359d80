// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: %r = linalg.generic
// CHECK-SAME: affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-SAME: ins(%x, %y : tensor<2x3xf32>, tensor<4x3xf32>)
func.func @f(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>, %s: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %e = tensor.empty() : tensor<3x4xf32>
  %t = linalg.transpose ins(%y:tensor<4x3xf32>) outs(%e:tensor<3x4xf32>) permutation = [1, 0]
  %r = linalg.matmul ins(%x, %t : tensor<2x3xf32>, tensor<3x4xf32>)
      outs(%s : tensor<2x4xf32>) -> tensor<2x4xf32>
  func.return %r : tensor<2x4xf32>
}
