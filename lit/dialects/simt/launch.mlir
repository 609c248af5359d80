// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: func.func @f
// CHECK-NEXT:    simt.launch @k(%x, %n) : memref<64xf32>, i32
simt.kernel @k(%x: memref<64xf32>, %n: i32) block = [32, 1, 1] grid = [1, 1, 1] {
  simt.return
}
func.func @f(%x: memref<64xf32>, %n: i32) {
  simt.launch @k(%x, %n) : memref<64xf32>, i32
  func.return
}

// -----

// CHECK: error: 'simt.launch' does not verify: @k takes arguments of other types
simt.kernel @k(%x: memref<64xf32>) block = [32, 1, 1] grid = [1, 1, 1] {
  simt.return
}
func.func @f(%x: memref<32xf32>) {
  simt.launch @k(%x) : memref<32xf32>
  func.return
}

// -----

// CHECK: error: 'simt.launch' does not verify: there is no kernel @k
func.func @f(%x: memref<32xf32>) {
  simt.launch @k(%x) : memref<32xf32>
  func.return
}
