// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: [[NUMBER:%.*]] = arith.constant 0 : i32
// CHECK-NEXT: [[EMPTY:%.*]] = tensor.empty() : tensor<3xi32>
// CHECK-NEXT: [[ZERO:%.*]] = linalg.fill ins([[NUMBER]] : i32) outs([[EMPTY]] : tensor<3xi32>)
// CHECK-NEXT: %y = arith.subi [[ZERO]], %x : tensor<3xi32>
func.func @f(%x: tensor<3xi32>) -> tensor<3xi32> {
  %y = graph.neg %x : tensor<3xi32>
  func.return %y : tensor<3xi32>
}
