// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: arith.constant dense<[1, -1]> : tensor<2xi8>
func.func @f() -> tensor<2xui8> {
  %c = graph.constant dense<[1, 255]> : tensor<2xui8>
  func.return %c : tensor<2xui8>
}
