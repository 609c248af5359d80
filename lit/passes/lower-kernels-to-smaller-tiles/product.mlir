// RUN: foldaway-opt %s -p 'lower-graph-to-linalg,lower-kernels-to-smaller-tiles{shrink=1}' | filecheck %s --check-prefix ONCE
// RUN: foldaway-opt %s -p 'lower-graph-to-linalg,lower-kernels-to-smaller-tiles{shrink=9}' | filecheck %s --check-prefix NEVER

// Tiles of 128 rows are halved; where they can't be so often, the function stays.
// ONCE: foldaway.grid = 4 : i64
// ONCE: func.func @f_kernel
// ONCE: linalg.matmul {{.*}} outs({{.*}} : tensor<64x128xf32>)
// ONCE-NOT: func.func @f(
// NEVER: func.func @f(
// NEVER-NOT: func.func @f_kernel
func.func @f(%x: tensor<256x64xf32>, %w: tensor<64x128xf32>) -> tensor<256x128xf32> {
  %p = graph.dot_general %x, %w, batch = [] x [], contract = [1] x [0]
      : tensor<256x64xf32>, tensor<64x128xf32> -> tensor<256x128xf32>
  func.return %p : tensor<256x128xf32>
}
