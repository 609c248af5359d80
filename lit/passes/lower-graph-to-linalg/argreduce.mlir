// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK-SAME: outs({{.*}} : tensor<2xf32>, tensor<2xi64>)
// CHECK: arith.cmpf ugt
// CHECK: arith.cmpf ord
// CHECK: linalg.index 1
func.func @f(%x: tensor<2x3xf32>) -> tensor<2xi64> {
  %i = graph.argreduce "max" %x, axis = 1 : tensor<2x3xf32> -> tensor<2xi64>
  func.return %i : tensor<2xi64>
}
