// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK: ascend.launch @f_0_kernel(%x, %b) grid 0 fallback @f_0 : (tensor<2x3x4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
// CHECK: @f_0({{.*}}) -> tensor<2x3x4xf32> attributes {foldaway.cpu = "fallback"}
// CHECK: builtin.module @f_0_kernel
// CHECK-NEXT: func.func @f_0_kernel(%x: tensor<6x4xf32>, %b: tensor<4xf32>) -> tensor<6x4xf32> attributes {hacc.entry, hacc.function_kind = #hacc.function_kind<DEVICE>}
// CHECK: linalg.broadcast ins(%b:tensor<4xf32>) {{.*}} dimensions = [0]
// CHECK: arith.addf {{.*}} : tensor<6x4xf32>
func.func @f(%x: tensor<2x3x4xf32>, %b: tensor<4xf32>) -> tensor<2x3x4xf32> {
  %r = graph.broadcast %b, dimensions = [2] : tensor<4xf32> -> tensor<2x3x4xf32>
  %y = graph.add %x, %r : tensor<2x3x4xf32>
  func.return %y : tensor<2x3x4xf32>
}
