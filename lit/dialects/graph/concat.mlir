// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @concat
// CHECK-NEXT: %z = graph.concat axis = 0 of %x, %y : tensor<2xf32>, tensor<3xf32> -> tensor<5xf32>
func.func @concat(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  %z = graph.concat axis = 0 of %x, %y : tensor<2xf32>, tensor<3xf32> -> tensor<5xf32>
  func.return
}

// -----

// CHECK: error: 'graph.concat' does not verify: graph.concat: the operands differ off the axis
func.func @refused(%x: tensor<2x1xf32>, %y: tensor<2x2xf32>) {
  %z = graph.concat axis = 0 of %x, %y : tensor<2x1xf32>, tensor<2x2xf32> -> tensor<4x1xf32>
  func.return
}
