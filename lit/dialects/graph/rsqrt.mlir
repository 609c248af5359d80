// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @rsqrt
// CHECK-NEXT: %y = graph.rsqrt %x : tensor<3xf32>
func.func @rsqrt(%x: tensor<3xf32>) {
  %y = graph.rsqrt %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.rsqrt' does not verify: graph.rsqrt has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.rsqrt %x : tensor<3xi32>
  func.return
}
