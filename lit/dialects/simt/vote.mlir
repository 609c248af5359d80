// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @vote
// CHECK:      %y = simt.vote "ballot" %c : i32
simt.kernel @vote(%c: i1) block = [32, 1, 1] grid = [1, 1, 1] {
  %y = simt.vote "ballot" %c : i32
  simt.return
}

// -----

// CHECK: error: {{.*}}simt.vote 'any' gives i1
simt.kernel @refused(%c: i1) block = [32, 1, 1] grid = [1, 1, 1] {
  %y = simt.vote "any" %c : i32
  simt.return
}
