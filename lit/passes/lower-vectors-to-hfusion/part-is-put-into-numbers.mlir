// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// The vendor's compiler plans no memory for a piece without a value.
// CHECK-LABEL: func.func @f_0_kernel(%x: tensor<2xf32>) -> tensor<3xf32>
// CHECK: [[ZEROS:%.*]] = linalg.fill
// CHECK: tensor.insert_slice %x into [[ZEROS]]
// CHECK-LABEL: func.func @f_1_kernel
func.func @f(%x: tensor<2xf32>, %y: tensor<1xf32>) -> tensor<3xf32> {
  %z = graph.concat axis = 0 of %x, %y : tensor<2xf32>, tensor<1xf32> -> tensor<3xf32>
  func.return %z : tensor<3xf32>
}
