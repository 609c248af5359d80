// RUN: foldaway-opt -p lower-graph-to-linalg,place-axes,outline-kernels %s | filecheck %s

// Not in one kernel: the vendor's compiler would overwrite what it still reads.
// CHECK:     func.func @f(
// CHECK:     func.call @f_0
// CHECK:     func.call @f_1
// CHECK:     func.func private @f_0(
// CHECK:     arith.addi
// CHECK-NOT: linalg.reduce
// CHECK:     func.func private @f_1(
// CHECK:     linalg.reduce
func.func @f(%x: tensor<70x9xi64>) -> (tensor<9xi64>, tensor<70x9xi64>) {
  %y = graph.add %x, %x : tensor<70x9xi64>
  %s = graph.reduce "sum" %y, axes = [0] : tensor<70x9xi64> -> tensor<9xi64>
  func.return %s, %y : tensor<9xi64>, tensor<70x9xi64>
}
