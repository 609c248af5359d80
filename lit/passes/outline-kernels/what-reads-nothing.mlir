// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// The vendor's compiler fails at kernels of constants.
// CHECK: %{{.*}} = func.call @f_0() : () -> tensor<3xf32>
// CHECK: @f_0() -> tensor<3xf32> attributes {foldaway.cpu = "it reads no tensor"}
func.func @f() -> tensor<3xf32> {
  %x = graph.constant dense<1.0> : tensor<3xf32>
  %y = graph.neg %x : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
