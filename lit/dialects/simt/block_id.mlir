// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @block_id
// CHECK:      %i = simt.block_id y
simt.kernel @block_id() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.block_id y
  simt.return
}

// -----

// CHECK: error: 'simt.block_id' does not verify: simt.block_id has no axis 'w'
simt.kernel @refused() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.block_id w
  simt.return
}
