// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-products-to-tiles | filecheck %s

// CHECK: func.func @f_0_kernel
// CHECK-SAME: mix_mode = "mix"
// CHECK: [[sum:%.*]] = scf.for
// CHECK: [[b:%.*]] = bufferization.to_tensor %{{.*}} : memref<16xf32>
// CHECK: linalg.broadcast ins([[b]]:tensor<16xf32>) {{.*}} dimensions = [0]
// CHECK: arith.addf [[sum]]
func.func @f(%x: tensor<16x16xf32>, %w: tensor<16x16xf32>, %b: tensor<16xf32>) -> tensor<16x16xf32> {
  %p = graph.dot_general %x, %w, batch = [] x [], contract = [1] x [0]
      : tensor<16x16xf32>, tensor<16x16xf32> -> tensor<16x16xf32>
  %r = graph.broadcast %b, dimensions = [1] : tensor<16xf32> -> tensor<16x16xf32>
  %s = graph.add %p, %r : tensor<16x16xf32>
  func.return %s : tensor<16x16xf32>
}
