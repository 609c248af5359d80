// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK: linalg.generic
// CHECK: math.exp
// CHECK: linalg.generic
// CHECK-NOT: math.exp
func.func @f(%x: tensor<2x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %a = math.exp %b : tensor<3xf32>
  %e = tensor.empty() : tensor<2x3xf32>
  %w = linalg.broadcast ins(%a:tensor<3xf32>) outs(%e:tensor<2x3xf32>) dimensions = [0]
  %y = arith.addf %x, %w : tensor<2x3xf32>
  func.return %y : tensor<2x3xf32>
}
