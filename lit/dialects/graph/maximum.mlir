// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @maximum
// CHECK-NEXT: %z = graph.maximum %x, %y : tensor<3xf32>
func.func @maximum(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.maximum %x, %y : tensor<3xf32>
  func.return
}
