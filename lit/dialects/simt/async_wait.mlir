// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @async_wait
// CHECK:      simt.async_wait 1
simt.kernel @async_wait() block = [32, 1, 1] grid = [1, 1, 1] {
  simt.async_wait 1
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.async_wait can't leave fewer than 0 groups
simt.kernel @refused() block = [32, 1, 1] grid = [1, 1, 1] {
  simt.async_wait -1
  simt.return
}
