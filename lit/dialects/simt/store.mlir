// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @store
// CHECK:      simt.store %m[%i], %a, %a align = 4 : memref<64xf16>, i32, i32, i32
simt.kernel @store(%m: memref<64xf16>, %i: i32, %a: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  simt.store %m[%i], %a, %a align = 4 : memref<64xf16>, i32, i32, i32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.store can't access 64 bytes of memref<64xf64> at once
simt.kernel @refused(%m: memref<64xf64>, %i: i32, %a: f64) block = [32, 1, 1] grid = [1, 1, 1] {
  simt.store %m[%i], %a, %a, %a, %a, %a, %a, %a, %a : memref<64xf64>, i32, f64, f64, f64, f64, f64, f64, f64, f64
  simt.return
}
