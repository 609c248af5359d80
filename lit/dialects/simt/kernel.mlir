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

// -----

// CHECK: error: 'simt.kernel' does not verify: a grid has 65535 blocks along y at most
simt.kernel @high() block = [256, 1, 1] grid = [1, 65536, 1] {
  simt.return
}

// -----

// CHECK: error: 'simt.kernel' does not verify: more than 49152 bytes need shared_bytes and an offset
simt.kernel @wide() block = [256, 1, 1] grid = [1, 1, 1] {
  %a = simt.shared : memref<6144xf32>
  %b = simt.shared : memref<6145xf32>
  simt.return
}
