// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK: ^{{.*}}([[X:%.*]]: f32, {{.*}}):
// CHECK-NEXT: [[C:%.*]] = arith.constant 2.000000e+00 : f32
// CHECK-NEXT: arith.mulf [[X]], [[C]] : f32
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %c = arith.constant dense<2.0> : tensor<3xf32>
  %y = arith.mulf %x, %c : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
