// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: [[ROW:%.*]] = tensor.collapse_shape %x
// CHECK: linalg.broadcast ins([[ROW]]:tensor<3xf32>) outs({{.*}}:tensor<2x3xf32>) dimensions = [0]
func.func @f(%x: tensor<1x3xf32>) -> tensor<2x3xf32> {
  %y = graph.broadcast %x, dimensions = [0, 1] : tensor<1x3xf32> -> tensor<2x3xf32>
  func.return %y : tensor<2x3xf32>
}
