// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: func.call @f_0(%x, %w, %b)
// CHECK-NEXT: func.return
// CHECK: @f_0({{.*}}) -> tensor<3x5xf32> attributes {foldaway.part = "product"}
// CHECK: linalg.matmul
// CHECK: linalg.broadcast ins(%b
// CHECK: arith.addf
// CHECK: math.exp
func.func @f(%x: tensor<3x4xf32>, %w: tensor<4x5xf32>, %b: tensor<5xf32>) -> tensor<3x5xf32> {
  %p = graph.dot_general %x, %w, batch = [] x [], contract = [1] x [0]
      : tensor<3x4xf32>, tensor<4x5xf32> -> tensor<3x5xf32>
  %r = graph.broadcast %b, dimensions = [1] : tensor<5xf32> -> tensor<3x5xf32>
  %s = graph.add %p, %r : tensor<3x5xf32>
  %e = graph.exp %s : tensor<3x5xf32>
  func.return %e : tensor<3x5xf32>
}
