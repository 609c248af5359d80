// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK-LABEL: @custom_gradient
// CHECK: %z = graph.custom_gradient %y of %x : tensor<3xf32> gives %g : tensor<3xf32> seed %s : tensor<3xf32>
func.func @custom_gradient(%x: tensor<3xf32>, %s: tensor<3xf32>) {
  %y = graph.floor %x : tensor<3xf32>
  %g = graph.neg %s : tensor<3xf32>
  %z = graph.custom_gradient %y of %x : tensor<3xf32> gives %g : tensor<3xf32>
      seed %s : tensor<3xf32>
  func.return
}

// -----

// CHECK: error: 'graph.custom_gradient' does not verify: graph.custom_gradient gives gradients of the inputs' types
func.func @other_gradient(%x: tensor<2xf32>, %s: tensor<3xf32>) {
  %z = graph.custom_gradient %s of %x : tensor<2xf32> gives %s : tensor<3xf32>
      seed %s : tensor<3xf32>
  func.return
}
