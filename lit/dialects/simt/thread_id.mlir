// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @thread_id
// CHECK:      %i = simt.thread_id y
simt.kernel @thread_id() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.thread_id y
  simt.return
}

// -----

// CHECK: error: 'simt.thread_id' does not verify: simt.thread_id has no axis 'w'
simt.kernel @refused() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.thread_id w
  simt.return
}
