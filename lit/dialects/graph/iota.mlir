// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @iota
// CHECK-NEXT: %i = graph.iota axis = 0 : tensor<4xi64>
func.func @iota() {
  %i = graph.iota axis = 0 : tensor<4xi64>
  func.return
}

// -----

// CHECK: error: 'graph.iota' does not verify: graph.iota: [1] are no axes of a tensor of rank 1
func.func @refused() {
  %i = graph.iota axis = 1 : tensor<4xi64>
  func.return
}
