// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: foldaway.cpu = "a column that is put into a tensor has no kernel"
func.func @f(%x: tensor<4x1xf32>) -> tensor<4x2xf32> {
  %y = graph.concat axis = 1 of %x, %x : tensor<4x1xf32>, tensor<4x1xf32> -> tensor<4x2xf32>
  func.return %y : tensor<4x2xf32>
}
