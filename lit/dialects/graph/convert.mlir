// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @convert
// CHECK-NEXT: %y = graph.convert %x : tensor<3xi32> -> tensor<3xf32>
func.func @convert(%x: tensor<3xi32>) {
  %y = graph.convert %x : tensor<3xi32> -> tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.convert' does not verify: graph.convert changes the shape
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.convert %x : tensor<3xi32> -> tensor<2xf32>
  func.return
}
