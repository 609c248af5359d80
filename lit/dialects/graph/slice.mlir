// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @slice
// CHECK-NEXT: %y = graph.slice %x, starts = [1], limits = [5], strides = [2] : tensor<6xf32> -> tensor<2xf32>
func.func @slice(%x: tensor<6xf32>) {
  %y = graph.slice %x, starts = [1], limits = [5], strides = [2] : tensor<6xf32> -> tensor<2xf32>
  func.return
}

// -----

// CHECK: error: 'graph.slice' does not verify: graph.slice: 1:7:2 of 6
func.func @refused(%x: tensor<6xf32>) {
  %y = graph.slice %x, starts = [1], limits = [7], strides = [2] : tensor<6xf32> -> tensor<3xf32>
  func.return
}
