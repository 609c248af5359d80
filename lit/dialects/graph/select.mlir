// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @select
// CHECK-NEXT: %z = graph.select %c, %x, %y : tensor<3xi1>, tensor<3xf32>
func.func @select(%c: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.select %c, %x, %y : tensor<3xi1>, tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.select' does not verify: graph.select needs bools of the shape of its operands
func.func @refused(%c: tensor<1xi1>, %x: tensor<3xf32>) {
  %z = graph.select %c, %x, %x : tensor<1xi1>, tensor<3xf32>
  func.return
}
