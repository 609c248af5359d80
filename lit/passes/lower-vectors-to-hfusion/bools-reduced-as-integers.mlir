// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK-LABEL: func.func @f_0_kernel
// CHECK: hfusion.cast {{.*}} ins(%{{.*}} : tensor<3x4xi1>) outs(%{{.*}} : tensor<3x4xi32>)
// CHECK: linalg.reduce {{.*}} dimensions = [1]
// CHECK: arith.maxsi
// CHECK: hfusion.compare {compare_fn = #hfusion.compare_fn<vne>}
func.func @f(%x: tensor<3x4xi1>) -> tensor<3xi1> {
  %y = graph.reduce "any" %x, axes = [1] : tensor<3x4xi1> -> tensor<3xi1>
  func.return %y : tensor<3xi1>
}
