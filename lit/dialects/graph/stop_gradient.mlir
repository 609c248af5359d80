// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @stop_gradient
// CHECK-NEXT: %y = graph.stop_gradient %x : tensor<3xf32>
func.func @stop_gradient(%x: tensor<3xf32>) {
  %y = graph.stop_gradient %x : tensor<3xf32>
  func.return
}
