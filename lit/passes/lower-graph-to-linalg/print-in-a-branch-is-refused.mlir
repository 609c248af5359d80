// RUN: not foldaway-opt %s -p lower-graph-to-linalg 2>&1 | filecheck %s

// CHECK: error: a function that prints can't become linalg
// CHECK: hint: outline-segments leaves printing to the host program
func.func @f(%x: tensor<f32>, %c: tensor<i1>) {
  graph.if %c {
    graph.print "stdout" "str" ["", "\n"] %x : tensor<f32>
    graph.give
  } else {
    graph.give
  }
  func.return
}
