// RUN: foldaway-opt %s -p place-buffers | filecheck %s

// CHECK: "memref.global"() <{sym_name = "f.constant0", sym_visibility = "private", type = memref<2xf32>, initial_value = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>, constant}>
// CHECK: [[C:%.*]] = memref.get_global @f.constant0 : memref<2xf32>
// CHECK-NEXT: linalg.generic
// CHECK-SAME: ins([[C]] : memref<2xf32>)
func.func @f() -> tensor<2xf32> {
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  func.return %c : tensor<2xf32>
}
