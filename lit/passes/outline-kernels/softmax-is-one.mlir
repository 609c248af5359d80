// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: func.func @f(%x: tensor<3x4xf32>) -> tensor<3x4xf32> attributes {hacc.function_kind = #hacc.function_kind<HOST>}
// CHECK-NEXT: %r = func.call @f_0(%x)
// CHECK-NEXT: func.return %r
// CHECK: func.func private @f_0(%x: tensor<3x4xf32>) -> tensor<3x4xf32> attributes {foldaway.part = "vector"}
// CHECK-NOT: @f_1
func.func @f(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %m = graph.reduce "max" %x, axes = [1] : tensor<3x4xf32> -> tensor<3xf32>
  %mb = graph.broadcast %m, dimensions = [0] : tensor<3xf32> -> tensor<3x4xf32>
  %d = graph.sub %x, %mb : tensor<3x4xf32>
  %e = graph.exp %d : tensor<3x4xf32>
  %s = graph.reduce "sum" %e, axes = [1] : tensor<3x4xf32> -> tensor<3xf32>
  %sb = graph.broadcast %s, dimensions = [0] : tensor<3xf32> -> tensor<3x4xf32>
  %r = graph.div %e, %sb : tensor<3x4xf32>
  func.return %r : tensor<3x4xf32>
}
