// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @warp_barrier
// CHECK:      simt.warp_barrier
simt.kernel @warp_barrier() block = [32, 1, 1] grid = [1, 1, 1] {
  simt.warp_barrier
  simt.return
}
