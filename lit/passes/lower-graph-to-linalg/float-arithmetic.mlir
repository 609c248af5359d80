// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: %z = arith.addf %x, %y : tensor<3xf32>
// CHECK-NEXT: %e = math.exp %z : tensor<3xf32>
// CHECK-NEXT: func.return %e
func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %z = graph.add %x, %y : tensor<3xf32>
  %e = graph.exp %z : tensor<3xf32>
  func.return %e : tensor<3xf32>
}
