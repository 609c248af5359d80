// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK-COUNT-1: math.exp
// CHECK-NOT: math.exp
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %e = math.exp %x : tensor<3xf32>
  %a = math.sin %e : tensor<3xf32>
  %b = math.cos %e : tensor<3xf32>
  %y = arith.mulf %a, %b : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
