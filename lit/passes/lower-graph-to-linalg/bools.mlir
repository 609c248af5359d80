// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: %z = arith.ori %x, %y : tensor<3xi1>
func.func @f(%x: tensor<3xi1>, %y: tensor<3xi1>) -> tensor<3xi1> {
  %z = graph.add %x, %y : tensor<3xi1>
  func.return %z : tensor<3xi1>
}
