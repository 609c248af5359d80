// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK-LABEL: func.func @f_0_kernel
// CHECK: [[c:%.*]] = hfusion.compare {compare_fn = #hfusion.compare_fn<vlt>} ins(%x, %y : tensor<3xf32>, tensor<3xf32>)
// CHECK: hfusion.select ins([[c]], %x, %y : tensor<3xi1>, tensor<3xf32>, tensor<3xf32>)
// CHECK-NOT: linalg.generic
func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %c = graph.compare "lt" %x, %y : tensor<3xf32> -> tensor<3xi1>
  %z = graph.select %c, %x, %y : tensor<3xi1>, tensor<3xf32>
  func.return %z : tensor<3xf32>
}
