// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @compare
// CHECK-NEXT: %z = graph.compare "lt" %x, %y : tensor<3xf32> -> tensor<3xi1>
func.func @compare(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.compare "lt" %x, %y : tensor<3xf32> -> tensor<3xi1>
  func.return
}

// -----

// CHECK: error: 'graph.compare' does not verify: graph.compare has no predicate 'less'
func.func @refused(%x: tensor<3xf32>) {
  %z = graph.compare "less" %x, %x : tensor<3xf32> -> tensor<3xi1>
  func.return
}
