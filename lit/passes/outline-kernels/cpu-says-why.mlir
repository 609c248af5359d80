// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: [[d:%.*]] = func.call @f_0(%x, %y)
// CHECK: func.call @f_1([[d]])
// CHECK: @f_0({{.*}}) -> tensor<3xi32> attributes {foldaway.cpu = "'arith.divsi' on i32 has no kernel"}
// CHECK: @f_1({{.*}}) -> tensor<3xi32> attributes {foldaway.part = "vector"}
func.func @f(%x: tensor<3xi32>, %y: tensor<3xi32>) -> tensor<3xi32> {
  %d = graph.floordiv %x, %y : tensor<3xi32>
  %r = graph.add %d, %d : tensor<3xi32>
  func.return %r : tensor<3xi32>
}
