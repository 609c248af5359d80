// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @gradient
// CHECK: %g, %h = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32> by %v, %w : tensor<3xf32>, tensor<2xf64> -> tensor<3xf32>, tensor<2xf64>
func.func @gradient(%v: tensor<3xf32>, %w: tensor<2xf64>, %s: tensor<3xf32>) {
  %y = graph.neg %v : tensor<3xf32>
  %g, %h = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v, %w : tensor<3xf32>, tensor<2xf64> -> tensor<3xf32>, tensor<2xf64>
  func.return
}

// -----

// CHECK: error: 'graph.gradient' does not verify: graph.gradient needs seeds of the outputs' types
func.func @other_seed(%v: tensor<3xf32>, %s: tensor<3xf64>) {
  %y = graph.neg %v : tensor<3xf32>
  %g = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf64>
      by %v : tensor<3xf32> -> tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.gradient' does not verify: graph.gradient gives the variables' types
func.func @other_result(%v: tensor<3xf32>, %s: tensor<3xf32>) {
  %y = graph.neg %v : tensor<3xf32>
  %g = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v : tensor<3xf32> -> tensor<2xf32>
  func.return
}
