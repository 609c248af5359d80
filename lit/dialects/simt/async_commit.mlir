// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @async_commit
// CHECK:      simt.async_commit
simt.kernel @async_commit() block = [32, 1, 1] grid = [1, 1, 1] {
  simt.async_commit
  simt.return
}
