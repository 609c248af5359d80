// RUN: foldaway-opt %s -p place-buffers --verify-diagnostics | filecheck %s

// CHECK: math.exp: error: math.exp can't write into memory
// CHECK-NEXT: hint: run fuse-elementwise-to-generic before place-buffers
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = math.exp %x : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
