// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @load
// CHECK:      %a, %b, %c, %d = simt.load %m[%i] : memref<64xf32>, i32 -> f32, f32, f32, f32
simt.kernel @load(%m: memref<64xf32>, %i: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %a, %b, %c, %d = simt.load %m[%i] : memref<64xf32>, i32 -> f32, f32, f32, f32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.load needs a power of two of values, all of one type
simt.kernel @refused(%m: memref<64xf32>, %i: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %a, %b, %c = simt.load %m[%i] : memref<64xf32>, i32 -> f32, f32, f32
  simt.return
}
