// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @give
// CHECK: graph.give %x, %c : tensor<3xf32>, tensor<i1>
func.func @give(%c: tensor<i1>, %x: tensor<3xf32>) {
  %y, %d = graph.if %c -> tensor<3xf32>, tensor<i1> {
    graph.give %x, %c : tensor<3xf32>, tensor<i1>
  } else {
    graph.give %x, %c : tensor<3xf32>, tensor<i1>
  }
  func.return
}
