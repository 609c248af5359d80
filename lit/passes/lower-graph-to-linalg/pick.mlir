// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// An index outside counts as the nearest one inside.
// CHECK:      [[ZERO:%\S+]] = arith.constant dense<0> : tensor<i64>
// CHECK-NEXT: [[LAST:%\S+]] = arith.constant dense<3> : tensor<i64>
// CHECK-NEXT: [[LOW:%\S+]] = arith.maxsi %i, [[ZERO]] : tensor<i64>
// CHECK-NEXT: [[AT:%\S+]] = arith.minsi [[LOW]], [[LAST]] : tensor<i64>
// CHECK-NEXT: [[NUMBER:%\S+]] = tensor.extract [[AT]][] : tensor<i64>
// CHECK-NEXT: [[INDEX:%\S+]] = arith.index_cast [[NUMBER]] : i64 to index
// CHECK-NEXT: [[PART:%\S+]] = tensor.extract_slice %x[0, [[INDEX]]] [6, 1] [1, 1] : tensor<6x4xf32> to tensor<6x1xf32>
// CHECK-NEXT: tensor.collapse_shape [[PART]]
func.func @f(%x: tensor<6x4xf32>, %i: tensor<i64>) -> tensor<6xf32> {
  %y = graph.pick %x, %i, axis = 1 : tensor<6x4xf32>, tensor<i64> -> tensor<6xf32>
  func.return %y : tensor<6xf32>
}
