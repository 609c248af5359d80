// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// The vendor's compiler would make -1 of a true that it knows.
// CHECK:     func.func @f_0_kernel(
// CHECK-NOT: hfusion.cast
// CHECK:     arith.constant 1.000000e+00 : f32
// CHECK-NOT: hfusion.cast
// CHECK:     arith.mulf
func.func @f(%x: tensor<9xi32>, %z: tensor<9xf32>) -> tensor<9xf32> {
  %e = graph.compare "le" %x, %x : tensor<9xi32> -> tensor<9xi1>
  %c = graph.convert %e : tensor<9xi1> -> tensor<9xf32>
  %y = graph.mul %z, %c : tensor<9xf32>
  func.return %y : tensor<9xf32>
}
