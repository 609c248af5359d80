// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK: linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>
// CHECK-SAME: ins(%b, %x : tensor<3xf32>, tensor<2x3xf32>)
// CHECK-NOT: linalg.generic
func.func @f(%x: tensor<2x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %w = linalg.broadcast ins(%b:tensor<3xf32>) outs(%e:tensor<2x3xf32>) dimensions = [0]
  %y = arith.addf %x, %w : tensor<2x3xf32>
  func.return %y : tensor<2x3xf32>
}
