// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: [[FLAT:%.*]] = tensor.collapse_shape %x {{\[\[}}0 : i64, 1 : i64]]
// CHECK-NEXT: %y = tensor.expand_shape [[FLAT]]
func.func @f(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %y = graph.reshape %x : tensor<2x3xf32> -> tensor<3x2xf32>
  func.return %y : tensor<3x2xf32>
}
