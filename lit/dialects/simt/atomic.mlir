// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @atomic
// CHECK:      %old = simt.atomic "add" %m[%i], %a : memref<64xi32>, i32, i32
simt.kernel @atomic(%m: memref<64xi32>, %i: i32, %a: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %old = simt.atomic "add" %m[%i], %a : memref<64xi32>, i32, i32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.atomic has no kind 'mul'
simt.kernel @refused(%m: memref<64xi32>, %i: i32, %a: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  %old = simt.atomic "mul" %m[%i], %a : memref<64xi32>, i32, i32
  simt.return
}
