// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK-LABEL: func.func @f_0_kernel(%x: tensor<2x4xf32>, %y: tensor<3x4xf32>) -> tensor<5x4xf32>
// CHECK: tensor.insert_slice %x into
// CHECK: tensor.insert_slice %y into
func.func @f(%x: tensor<2x4xf32>, %y: tensor<3x4xf32>) -> tensor<5x4xf32> {
  %z = graph.concat axis = 0 of %x, %y : tensor<2x4xf32>, tensor<3x4xf32> -> tensor<5x4xf32>
  func.return %z : tensor<5x4xf32>
}
