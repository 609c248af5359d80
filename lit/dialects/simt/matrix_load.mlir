// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @matrix_load
// CHECK:      %a, %b = simt.matrix_load %s[%i] transposed : memref<64xf16>, i32 -> i32, i32
simt.kernel @matrix_load(%i: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %s = simt.shared : memref<64xf16>
  %a, %b = simt.matrix_load %s[%i] transposed : memref<64xf16>, i32 -> i32, i32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.matrix_load reads 1, 2 or 4 matrices
simt.kernel @refused(%i: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %s = simt.shared : memref<64xf16>
  %a, %b, %c = simt.matrix_load %s[%i] : memref<64xf16>, i32 -> i32, i32, i32
  simt.return
}
