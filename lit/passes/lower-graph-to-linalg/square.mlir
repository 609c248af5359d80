// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-NOT: powf
// CHECK: arith.mulf [[X:%.*]], [[X]] : f32
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %c = graph.constant dense<2.0> : tensor<3xf32>
  %y = graph.pow %x, %c : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
