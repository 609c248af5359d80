// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion -t 'ascend{chip=Ascend910B4}' | filecheck %s

// CHECK: builtin.module attributes {hacc.target = #hacc.target<"Ascend910B4">}
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = graph.exp %x : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
