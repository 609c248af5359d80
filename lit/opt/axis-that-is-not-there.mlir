// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: 'linalg.transpose' does not verify:
// CHECK-SAME: its numbers and types don't fit each other
func.func @f(%x: tensor<4x3xf32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<3x4xf32>
  %t = linalg.transpose ins(%x:tensor<4x3xf32>) outs(%e:tensor<3x4xf32>) permutation = [2, 0]
  func.return %t : tensor<3x4xf32>
}
