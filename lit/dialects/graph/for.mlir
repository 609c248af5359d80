// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @for
// CHECK: %sum = graph.for 0 step 2 count 10(%zero) : (tensor<i64>) -> tensor<i64> {
func.func @for(%zero: tensor<i64>) {
  %sum = graph.for 0 step 2 count 10(%zero) : (tensor<i64>) -> tensor<i64> {
  ^body(%i: tensor<i64>, %s: tensor<i64>):
    %next = graph.add %s, %i : tensor<i64>
    graph.give %next : tensor<i64>
  }
  func.return
}

// -----

// CHECK: error: 'graph.for' does not verify: graph.for can't run fewer than 0 times
func.func @refused() {
  graph.for 0 step 1 count -1() : () {
  ^body(%i: tensor<i64>):
    graph.give
  }
  func.return
}
