// RUN: not foldaway-opt -t llvm %s 2>&1 | filecheck %s

// CHECK: error: there is no code for 'graph.iota'; run lower-graph-to-linalg before
func.func @f(%x: memref<3xf32>) {
  %numbers = graph.iota axis = 0 : tensor<3xi64>
  func.return
}
