// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @erf
// CHECK-NEXT: %y = graph.erf %x : tensor<3xf32>
func.func @erf(%x: tensor<3xf32>) {
  %y = graph.erf %x : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.erf' does not verify: graph.erf has no meaning for elements of type int32
func.func @refused(%x: tensor<3xi32>) {
  %y = graph.erf %x : tensor<3xi32>
  func.return
}
