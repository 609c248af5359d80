// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK:      simt.kernel @nothing
// CHECK-NEXT:   simt.return
simt.kernel @nothing() block = [32, 1, 1] grid = [1, 1, 1] {
  simt.return
}

// -----

// CHECK: error: 'simt.return' does not verify: 'simt.return' expects parent op 'simt.kernel'
func.func @refused() {
  simt.return
}
