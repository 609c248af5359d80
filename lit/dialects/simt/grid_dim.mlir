// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @grid_dim
// CHECK:      %i = simt.grid_dim y
simt.kernel @grid_dim() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.grid_dim y
  simt.return
}

// -----

// CHECK: error: 'simt.grid_dim' does not verify: simt.grid_dim has no axis 'w'
simt.kernel @refused() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.grid_dim w
  simt.return
}
