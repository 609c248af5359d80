// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @shuffle
// CHECK:      %y = simt.shuffle "xor" %x, %i : f32
simt.kernel @shuffle(%x: f32, %i: i32, %h: f16) block = [32, 1, 1] grid = [1, 1, 1] {
  %y = simt.shuffle "xor" %x, %i : f32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.shuffle takes i32, i64, f32, f64, not f16
simt.kernel @refused(%h: f16, %i: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %y = simt.shuffle "down" %h, %i : f16
  simt.return
}
