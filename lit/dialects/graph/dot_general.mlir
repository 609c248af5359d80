// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @dot_general
// CHECK-NEXT: %z = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
func.func @dot_general(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>) {
  %z = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
  func.return
}

// -----

// CHECK: error: 'graph.dot_general' does not verify: graph.dot_general: paired axes differ
func.func @refused(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  %z = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<2x4xf32>
  func.return
}
