// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// Rows for which there is no tile are the CPU's.
// CHECK: func.call @f_0(%x, %b)
// CHECK: @f_0({{.*}}) -> tensor<6x9000xi8> attributes {foldaway.cpu = "bytes with several axes have a kernel only in rows of a few thousand"}
// CHECK-NOT: f_0_kernel
func.func @f(%x: tensor<6x9000xi8>, %b: tensor<9000xi8>) -> tensor<6x9000xi8> {
  %r = graph.broadcast %b, dimensions = [1] : tensor<9000xi8> -> tensor<6x9000xi8>
  %y = graph.add %x, %r : tensor<6x9000xi8>
  func.return %y : tensor<6x9000xi8>
}
