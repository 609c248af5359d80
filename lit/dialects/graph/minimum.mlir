// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @minimum
// CHECK-NEXT: %z = graph.minimum %x, %y : tensor<3xf32>
func.func @minimum(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.minimum %x, %y : tensor<3xf32>
  func.return
}
