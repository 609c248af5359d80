// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: [[START:%.*]] = linalg.fill
// CHECK-NEXT: %s = linalg.reduce ins(%x:tensor<2x3xf32>) outs([[START]]:tensor<2xf32>) dimensions = [1]
// CHECK-NEXT: ([[A:%.*]]: f32, [[B:%.*]]: f32) {
// CHECK-NEXT: arith.addf [[A]], [[B]] : f32
func.func @f(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  %s = graph.reduce "sum" %x, axes = [1] : tensor<2x3xf32> -> tensor<2xf32>
  func.return %s : tensor<2xf32>
}
