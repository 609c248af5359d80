// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @div
// CHECK-NEXT: %z = graph.div %x, %y : tensor<3xf32>
func.func @div(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  %z = graph.div %x, %y : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.div' does not verify: graph.div has no meaning for elements of type int32
func.func @refused(%x: tensor<i32>) {
  %z = graph.div %x, %x : tensor<i32>
  func.return
}
