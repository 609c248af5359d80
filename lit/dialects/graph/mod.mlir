// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @mod
// CHECK-NEXT: %z = graph.mod %x, %y : tensor<3xf32>
func.func @mod(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.mod %x, %y : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.mod' does not verify: graph.mod has no meaning for elements of type bool_
func.func @refused(%x: tensor<i1>) {
  %z = graph.mod %x, %x : tensor<i1>
  func.return
}
