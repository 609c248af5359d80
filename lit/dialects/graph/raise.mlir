// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @raise
// CHECK: graph.raise "ValueError" "x must be positive"
func.func @raise(%c: tensor<i1>) {
  graph.if %c {
    graph.raise "ValueError" "x must be positive"
  } else {
    graph.give
  }
  func.return
}

// -----

// CHECK: error: 'graph.raise' does not verify: compiled code can't raise 'Mine' by itself
func.func @refused() {
  graph.raise "Mine" ""
}
