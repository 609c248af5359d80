// RUN: foldaway-opt %s -p lower-graph-to-linalg --verify-diagnostics | filecheck %s

// CHECK: graph.print: error: a function that prints can't become linalg
// CHECK-NEXT: hint: outline-segments leaves printing to the host program
func.func @f(%x: tensor<3xf32>) {
  graph.print "stdout" "elements" ["", "\0A"] %x : tensor<3xf32>
  func.return
}
