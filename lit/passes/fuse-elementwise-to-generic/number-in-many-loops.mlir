// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// A broadcast number is written into all loops that use it, however many they are.

// CHECK-NOT: linalg.broadcast
// CHECK: linalg.generic
// CHECK: arith.constant 2.000000e+00 : f32
// CHECK-NEXT: arith.mulf
// CHECK: linalg.generic
// CHECK: arith.constant 2.000000e+00 : f32
// CHECK-NEXT: arith.mulf
// CHECK: linalg.generic
// CHECK: arith.constant 2.000000e+00 : f32
// CHECK-NEXT: arith.mulf
// CHECK: linalg.generic
// CHECK: arith.constant 2.000000e+00 : f32
// CHECK-NEXT: arith.mulf
// CHECK: linalg.generic
// CHECK: arith.constant 2.000000e+00 : f32
// CHECK-NEXT: arith.mulf
// CHECK-NEXT: linalg.yield
// CHECK-NOT: linalg
// CHECK: func.return
func.func @f(%a: tensor<3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>,
             %e: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>,
                                    tensor<3xf32>) {
  %two = arith.constant dense<2.0> : tensor<f32>
  %empty = tensor.empty() : tensor<3xf32>
  %twos = linalg.broadcast ins(%two : tensor<f32>) outs(%empty : tensor<3xf32>) dimensions = [0]
  %v = arith.mulf %a, %twos : tensor<3xf32>
  %w = arith.mulf %b, %twos : tensor<3xf32>
  %x = arith.mulf %c, %twos : tensor<3xf32>
  %y = arith.mulf %d, %twos : tensor<3xf32>
  %z = arith.mulf %e, %twos : tensor<3xf32>
  func.return %v, %w, %x, %y, %z : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}
