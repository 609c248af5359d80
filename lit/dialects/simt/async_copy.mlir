// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @async_copy
// CHECK:      simt.async_copy %m[%i] to %s[%i], bytes = 16 valid %n : memref<64xf32>, i32, memref<64xf32>, i32
simt.kernel @async_copy(%m: memref<64xf32>, %i: i32, %n: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %s = simt.shared : memref<64xf32>
  simt.async_copy %m[%i] to %s[%i], bytes = 16 valid %n : memref<64xf32>, i32, memref<64xf32>, i32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.async_copy can't copy 2 bytes
simt.kernel @refused(%m: memref<64xf32>, %i: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %s = simt.shared : memref<64xf32>
  simt.async_copy %m[%i] to %s[%i], bytes = 2 : memref<64xf32>, i32, memref<64xf32>, i32
  simt.return
}
