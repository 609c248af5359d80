// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @update_slice
// CHECK-NEXT: %y = graph.update_slice %x, %v, starts = [1], strides = [2] : tensor<6xf32>, tensor<2xf32>
func.func @update_slice(%x: tensor<6xf32>, %v: tensor<2xf32>) {
  %y = graph.update_slice %x, %v, starts = [1], strides = [2] : tensor<6xf32>, tensor<2xf32>
  func.return
}

// -----

// CHECK: error: 'graph.update_slice' does not verify: graph.update_slice: the update lies outside
func.func @refused(%x: tensor<6xf32>, %v: tensor<3xf32>) {
  %y = graph.update_slice %x, %v, starts = [2], strides = [2] : tensor<6xf32>, tensor<3xf32>
  func.return
}
