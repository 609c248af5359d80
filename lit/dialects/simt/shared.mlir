// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @shared
// CHECK:      %s = simt.shared offset = 1024 : memref<64xf32>
simt.kernel @shared() block = [32, 1, 1] grid = [1, 1, 1] {
  %t = simt.shared : memref<32x33xf32>
  %s = simt.shared offset = 1024 : memref<64xf32>
  simt.return
}
