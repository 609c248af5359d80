// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @abs
// CHECK-NEXT: %y = graph.abs %x : tensor<3xf32>
func.func @abs(%x: tensor<3xf32>) {
  %y = graph.abs %x : tensor<3xf32>
  func.return
}
