// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @mma
// CHECK:      %d0, %d1, %d2, %d3 = simt.mma "m16n8k16" "f16"(%a, %a, %a, %a) (%a, %a) (%c, %c, %c, %c) : f32, f32, f32, f32
simt.kernel @mma(%a: i32, %c: f32) block = [32, 1, 1] grid = [1, 1, 1] {
  %d0, %d1, %d2, %d3 = simt.mma "m16n8k16" "f16" (%a, %a, %a, %a) (%a, %a) (%c, %c, %c, %c) : f32, f32, f32, f32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.mma has no product m16n8k16 of f64
simt.kernel @refused(%a: i32, %c: f32) block = [32, 1, 1] grid = [1, 1, 1] {
  %d0, %d1, %d2, %d3 = simt.mma "m16n8k16" "f64" (%a, %a, %a, %a) (%a, %a) (%c, %c, %c, %c) : f32, f32, f32, f32
  simt.return
}
