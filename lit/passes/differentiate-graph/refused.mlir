// RUN: not foldaway-opt -p differentiate-graph %s 2>&1 | filecheck %s

// CHECK: error: there is no gradient of 'test.op'
func.func @f(%x: tensor<3xf32>, %s: tensor<3xf32>) -> tensor<3xf32> {
  %v = graph.variable %x : tensor<3xf32>
  %y = "test.op"(%v) : (tensor<3xf32>) -> tensor<3xf32>
  %g = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v : tensor<3xf32> -> tensor<3xf32>
  func.return %g : tensor<3xf32>
}
