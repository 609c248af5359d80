// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @while
// CHECK: %n = graph.while(%zero) : (tensor<i64>) -> tensor<i64> {
// CHECK: graph.give %less : tensor<i1>
// CHECK: } do {
func.func @while(%zero: tensor<i64>, %limit: tensor<i64>) {
  %n = graph.while(%zero) : (tensor<i64>) -> tensor<i64> {
  ^condition(%i: tensor<i64>):
    %less = graph.compare "lt" %i, %limit : tensor<i64> -> tensor<i1>
    graph.give %less : tensor<i1>
  } do {
  ^body(%i: tensor<i64>):
    %next = graph.add %i, %i : tensor<i64>
    graph.give %next : tensor<i64>
  }
  func.return
}

// -----

// CHECK: error: 'graph.while' does not verify: a region of graph.while doesn't take the values that it carries
func.func @refused(%c: tensor<i1>, %x: tensor<f32>) {
  %y = graph.while(%x) : (tensor<f32>) -> tensor<f32> {
    graph.give %c : tensor<i1>
  } do {
    graph.give %x : tensor<f32>
  }
  func.return
}
