// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @launch
// CHECK-NEXT: %y = ascend.launch @k(%x) grid 6 fallback @f : (tensor<3xf32>) -> tensor<3xf32>
func.func @launch(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = ascend.launch @k(%x) grid 6 fallback @f : (tensor<3xf32>) -> tensor<3xf32>
  func.return %y : tensor<3xf32>
}
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  func.return %x : tensor<3xf32>
}
builtin.module @k {
}

// -----

// CHECK: error: 'ascend.launch' does not verify: there is no kernel '@k'
func.func @launch(%x: tensor<3xf32>) {
  %y = ascend.launch @k(%x) grid 6 : (tensor<3xf32>) -> tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'ascend.launch' does not verify: '@f' has the type (tensor<4xf32>) -> ()
func.func @launch(%x: tensor<3xf32>) {
  %y = ascend.launch @k(%x) grid 6 fallback @f : (tensor<3xf32>) -> tensor<3xf32>
  func.return
}
func.func @f(%x: tensor<4xf32>) {
  func.return
}
builtin.module @k {
}
