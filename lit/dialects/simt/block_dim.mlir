// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @block_dim
// CHECK:      %i = simt.block_dim y
simt.kernel @block_dim() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.block_dim y
  simt.return
}

// -----

// CHECK: error: 'simt.block_dim' does not verify: simt.block_dim has no axis 'w'
simt.kernel @refused() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.block_dim w
  simt.return
}
