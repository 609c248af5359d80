// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// A single byte lies in a tile of 16, of which one is written.
// CHECK: ascend.launch @f_0_kernel(%x, %y) grid 1 fallback @f_0
// CHECK: hfusion.compare {{.*}} outs({{.*}} : tensor<16xi1>)
func.func @f(%x: tensor<f32>, %y: tensor<f32>) -> tensor<i1> {
  %c = graph.compare "lt" %x, %y : tensor<f32> -> tensor<i1>
  func.return %c : tensor<i1>
}
