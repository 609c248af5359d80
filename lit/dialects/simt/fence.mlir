// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @fence
// CHECK:      simt.fence
simt.kernel @fence() block = [32, 1, 1] grid = [1, 1, 1] {
  simt.fence
  simt.return
}
