// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// The vendor's compiler fails at three parts in one kernel.
// CHECK-LABEL: func.func private @f_0(
// CHECK-COUNT-1: tensor.insert_slice
// CHECK-LABEL: func.func private @f_1(
// CHECK-COUNT-1: tensor.insert_slice
// CHECK-LABEL: func.func private @f_2(
// CHECK-COUNT-1: tensor.insert_slice
func.func @f(%x: tensor<3xf32>, %y: tensor<2xf32>) -> tensor<8xf32> {
  %z = graph.concat axis = 0 of %x, %x, %y
      : tensor<3xf32>, tensor<3xf32>, tensor<2xf32> -> tensor<8xf32>
  func.return %z : tensor<8xf32>
}
