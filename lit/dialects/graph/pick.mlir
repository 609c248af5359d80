// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @pick
// CHECK-NEXT: %y = graph.pick %x, %i, axis = 1 : tensor<6x2xf32>, tensor<i64> -> tensor<6xf32>
func.func @pick(%x: tensor<6x2xf32>, %i: tensor<i64>) {
  %y = graph.pick %x, %i, axis = 1 : tensor<6x2xf32>, tensor<i64> -> tensor<6xf32>
  func.return
}

// -----

// CHECK: error: 'graph.pick' does not verify: graph.pick finds no elements along axis 1
func.func @refused(%x: tensor<6x0xf32>, %i: tensor<i64>) {
  %y = graph.pick %x, %i, axis = 1 : tensor<6x0xf32>, tensor<i64> -> tensor<6xf32>
  func.return
}
