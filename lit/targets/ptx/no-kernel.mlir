// RUN: not foldaway-opt -t ptx %s 2>&1 | filecheck %s

// CHECK: error: there is no kernel; run lower-linalg-to-simt before
func.func @f(%x: memref<4xf32>) {
  func.return
}
