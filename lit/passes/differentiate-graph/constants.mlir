// RUN: foldaway-opt -p differentiate-graph %s | filecheck %s

// What no output depends on has the gradient 0; what the gradient is stopped at is a constant,
// and so is a use of the same tensor that isn't the variable.

// CHECK-LABEL: @unused
// CHECK-NEXT: [[Y:%.*]] = graph.neg %x
// CHECK-NEXT: [[C:%.*]] = graph.constant dense<0.000000e+00> : tensor<f32>
// CHECK-NEXT: [[Z:%.*]] = graph.broadcast [[C]]
// CHECK-NEXT: func.return [[Z]]
func.func @unused(%x: tensor<3xf32>, %s: tensor<3xf32>) -> tensor<3xf32> {
  %v = graph.variable %x : tensor<3xf32>
  %y = graph.neg %x : tensor<3xf32>
  %g = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v : tensor<3xf32> -> tensor<3xf32>
  func.return %g : tensor<3xf32>
}

// CHECK-LABEL: @stopped
// CHECK-NEXT: graph.mul %x, %x
// CHECK-NEXT: [[G:%.*]] = graph.mul %s, %x
// CHECK-NEXT: func.return [[G]]
func.func @stopped(%x: tensor<3xf32>, %s: tensor<3xf32>) -> tensor<3xf32> {
  %v = graph.variable %x : tensor<3xf32>
  %c = graph.stop_gradient %v : tensor<3xf32>
  %y = graph.mul %v, %c : tensor<3xf32>
  %g = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v : tensor<3xf32> -> tensor<3xf32>
  func.return %g : tensor<3xf32>
}
