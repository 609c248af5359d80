// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @reduce
// CHECK-NEXT: %s = graph.reduce "sum" %x, axes = [1] : tensor<2x3xf32> -> tensor<2xf32>
func.func @reduce(%x: tensor<2x3xf32>) {
  %s = graph.reduce "sum" %x, axes = [1] : tensor<2x3xf32> -> tensor<2xf32>
  func.return
}

// -----

// CHECK: error: 'graph.reduce' does not verify: graph.reduce: no elements have no max
func.func @refused(%x: tensor<2x0xf32>) {
  %s = graph.reduce "max" %x, axes = [1] : tensor<2x0xf32> -> tensor<2xf32>
  func.return
}
