// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @transpose
// CHECK-NEXT: %y = graph.transpose %x, permutation = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
func.func @transpose(%x: tensor<2x3xf32>) {
  %y = graph.transpose %x, permutation = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  func.return
}

// -----

// CHECK: error: 'graph.transpose' does not verify: graph.transpose: [0, 0] is no order of the axes
func.func @refused(%x: tensor<2x3xf32>) {
  %y = graph.transpose %x, permutation = [0, 0] : tensor<2x3xf32> -> tensor<2x2xf32>
  func.return
}
