// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @print
// CHECK-NEXT: graph.print "stdout" "elements" ["x: ", "\0A"] %x : tensor<3xf32>
// CHECK-NEXT: graph.print "stderr" "str" ["only text"]
func.func @print(%x: tensor<3xf32>) {
  graph.print "stdout" "elements" ["x: ", "\0A"] %x : tensor<3xf32>
  graph.print "stderr" "str" ["only text"]
  func.return
}

// -----

// CHECK: error: 'graph.print' does not verify: graph.print needs one text more than operands
func.func @refused(%x: tensor<3xf32>) {
  graph.print "stdout" "str" ["x: "] %x : tensor<3xf32>
  func.return
}
