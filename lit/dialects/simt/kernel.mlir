// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK:      simt.kernel @zero(%x: memref<256xf32>) block = [256, 1, 1] grid = [2, 1, 1] shared_bytes = 1024 {
// CHECK-NEXT:   %i = simt.thread_id x
// CHECK:        simt.return
simt.kernel @zero(%x: memref<256xf32>) block = [256, 1, 1] grid = [2, 1, 1] shared_bytes = 1024 {
  %i = simt.thread_id x
  simt.return
}

// -----

// CHECK: error: 'simt.kernel' does not verify: a block has 1024 threads at most, not 2048
simt.kernel @refused() block = [1024, 2, 1] grid = [1, 1, 1] {
  simt.return
}
