// RUN: foldaway-opt %s -t cpu | filecheck %s

// CHECK: int64 2: [0, 1]
func.func @f() -> tensor<2xi64> {
  %i = graph.iota axis = 0 : tensor<2xi64>
  func.return %i : tensor<2xi64>
}
