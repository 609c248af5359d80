// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// CHECK-LABEL: func.func @f_0_kernel
// CHECK: arith.constant -32768 : i16
// CHECK: [[x:%.*]] = arith.addi %x
// CHECK: [[y:%.*]] = arith.addi %y
// CHECK: hfusion.compare {compare_fn = #hfusion.compare_fn<vlt>} ins([[x]], [[y]]
func.func @f(%x: tensor<3xui16>, %y: tensor<3xui16>) -> tensor<3xi1> {
  %z = graph.compare "lt" %x, %y : tensor<3xui16> -> tensor<3xi1>
  func.return %z : tensor<3xi1>
}
