// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @variable
// CHECK-NEXT: %y = graph.variable %x : tensor<3xf32>
func.func @variable(%x: tensor<3xf32>) {
  %y = graph.variable %x : tensor<3xf32>
  func.return
}
