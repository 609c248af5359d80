// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: [[START:%.*]] = linalg.fill
// CHECK-NEXT: %z = linalg.matmul ins(%x, %y : tensor<2x3xf32>, tensor<3x4xf32>) outs([[START]]
func.func @f(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %z = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0]
      : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
  func.return %z : tensor<2x4xf32>
}
