// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @argreduce
// CHECK-NEXT: %i = graph.argreduce "max" %x, axis = 1 : tensor<2x3xf32> -> tensor<2xi64>
func.func @argreduce(%x: tensor<2x3xf32>) {
  %i = graph.argreduce "max" %x, axis = 1 : tensor<2x3xf32> -> tensor<2xi64>
  func.return
}

// -----

// CHECK: error: 'graph.argreduce' does not verify: graph.argreduce gives int64
func.func @refused(%x: tensor<2x3xf32>) {
  %i = graph.argreduce "max" %x, axis = 1 : tensor<2x3xf32> -> tensor<2xi32>
  func.return
}
