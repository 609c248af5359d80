// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// No kernel's result is its operand or a constant: the vendor's compiler fails at those.
// CHECK:      func.func @f(%x: tensor<4x3xi32>)
// CHECK-DAG:  arith.constant dense<0> : tensor<4x3xi32>
// CHECK-DAG:  arith.constant dense<{{.*}}> : tensor<4x3xi1>
// CHECK-NOT:  func.call
// CHECK:      func.return %x
func.func @f(%x: tensor<4x3xi32>) -> (tensor<4x3xi32>, tensor<4x3xi32>, tensor<4x3xi1>) {
  %m = graph.maximum %x, %x : tensor<4x3xi32>
  %z = graph.sub %x, %x : tensor<4x3xi32>
  %e = graph.compare "eq" %x, %x : tensor<4x3xi32> -> tensor<4x3xi1>
  func.return %m, %z, %e : tensor<4x3xi32>, tensor<4x3xi32>, tensor<4x3xi1>
}
