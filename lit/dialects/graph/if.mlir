// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @if
// CHECK-NEXT: %y = graph.if %c -> tensor<3xf32> {
// CHECK-NEXT:   graph.give %x : tensor<3xf32>
// CHECK-NEXT: } else {
// CHECK-NEXT:   graph.raise "ValueError" "no"
func.func @if(%c: tensor<i1>, %x: tensor<3xf32>) {
  %y = graph.if %c -> tensor<3xf32> {
    graph.give %x : tensor<3xf32>
  } else {
    graph.raise "ValueError" "no"
  }
  func.return
}

// -----

// CHECK: error: 'graph.if' does not verify: a region of graph.if gives values of other types than it should
func.func @refused(%c: tensor<i1>, %x: tensor<3xf32>) {
  %y = graph.if %c -> tensor<3xf32> {
    graph.give %x : tensor<3xf32>
  } else {
    graph.give
  }
  func.return
}
