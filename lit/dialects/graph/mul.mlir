// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @mul
// CHECK-NEXT: %z = graph.mul %x, %y : tensor<3xf32>
func.func @mul(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.mul %x, %y : tensor<3xf32>
  func.return
}
