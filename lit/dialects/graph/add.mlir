// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @add
// CHECK-NEXT: %z = graph.add %x, %y : tensor<3xf32>
func.func @add(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.add %x, %y : tensor<3xf32>
  func.return
}
