// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK: math.exp
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "parallel", "reduction"]
// CHECK-NOT: math.exp
func.func @f(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>, %s: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %e = math.exp %x : tensor<2x3xf32>
  %r = linalg.matmul ins(%e, %y : tensor<2x3xf32>, tensor<3x4xf32>)
      outs(%s : tensor<2x4xf32>) -> tensor<2x4xf32>
  func.return %r : tensor<2x4xf32>
}
