// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic | filecheck %s

// CHECK: linalg.index 1
// CHECK-NOT: linalg.index
func.func @f() -> tensor<3x2xi64> {
  %i = graph.iota axis = 0 : tensor<2x3xi64>
  %t = graph.transpose %i, permutation = [1, 0] : tensor<2x3xi64> -> tensor<3x2xi64>
  func.return %t : tensor<3x2xi64>
}
