// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "parallel"]
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "reduction"]
func.func @f(%x: tensor<2xf32>, %s: tensor<2xf32>) -> tensor<2xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %w = linalg.broadcast ins(%x:tensor<2xf32>) outs(%e:tensor<2x3xf32>) dimensions = [1]
  %r = linalg.reduce ins(%w:tensor<2x3xf32>) outs(%s:tensor<2xf32>) dimensions = [1]
  (%a: f32, %b: f32) {
    %c = arith.addf %a, %b : f32
    linalg.yield %c : f32
  }
  func.return %r : tensor<2xf32>
}
