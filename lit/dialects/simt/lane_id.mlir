// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @lane_id
// CHECK:      %i = simt.lane_id
simt.kernel @lane_id() block = [32, 1, 1] grid = [1, 1, 1] {
  %i = simt.lane_id
  simt.return
}
