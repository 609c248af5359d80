// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: [[I:%.*]] = linalg.index 1 : index
// CHECK-NEXT: [[N:%.*]] = arith.index_cast [[I]] : index to i64
// CHECK-NEXT: arith.sitofp [[N]] : i64 to f32
func.func @f() -> tensor<2x4xf32> {
  %i = graph.iota axis = 1 : tensor<2x4xf32>
  func.return %i : tensor<2x4xf32>
}
