// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @constant
// CHECK-NEXT: %c = graph.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: %i = graph.constant dense<7> : tensor<2x2xi32>
func.func @constant() {
  %c = graph.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  %i = graph.constant dense<7> : tensor<2x2xi32>
  func.return
}

// -----

// CHECK: error: 'graph.constant' does not verify: graph.constant: tensors have no element type i7
func.func @refused() {
  %c = graph.constant dense<1> : tensor<2xi7>
  func.return
}
