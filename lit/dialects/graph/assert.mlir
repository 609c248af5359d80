// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @assert
// CHECK-NEXT: graph.assert %c "ZeroDivisionError" "division by zero"
func.func @assert(%c: tensor<i1>) {
  graph.assert %c "ZeroDivisionError" "division by zero"
  func.return
}

// -----

// CHECK: error: 'graph.assert' does not verify: compiled code can't raise 'Mine' by itself
func.func @refused(%c: tensor<i1>) {
  graph.assert %c "Mine" ""
  func.return
}
