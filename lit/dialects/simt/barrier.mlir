// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @barrier
// CHECK:      simt.barrier
simt.kernel @barrier() block = [32, 1, 1] grid = [1, 1, 1] {
  simt.barrier
  simt.return
}
