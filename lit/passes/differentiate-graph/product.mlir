// RUN: foldaway-opt -p differentiate-graph %s | filecheck %s

// CHECK: func.func @f([[X:%.*]]: tensor<3xf32>, [[S:%.*]]: tensor<3xf32>)
// CHECK-NEXT: [[A:%.*]] = graph.sin [[X]]
// CHECK-NEXT: [[Y:%.*]] = graph.mul [[X]], [[A]]
// CHECK-NEXT: [[G0:%.*]] = graph.mul [[S]], [[A]]
// CHECK-NEXT: [[G1:%.*]] = graph.mul [[S]], [[X]]
// CHECK-NEXT: [[C:%.*]] = graph.cos [[X]]
// CHECK-NEXT: [[G2:%.*]] = graph.mul [[G1]], [[C]]
// CHECK-NEXT: [[G:%.*]] = graph.add [[G0]], [[G2]]
// CHECK-NEXT: func.return [[Y]], [[G]]
func.func @f(%x: tensor<3xf32>, %s: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %v = graph.variable %x : tensor<3xf32>
  %a = graph.sin %v : tensor<3xf32>
  %y = graph.mul %v, %a : tensor<3xf32>
  %g = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v : tensor<3xf32> -> tensor<3xf32>
  func.return %y, %g : tensor<3xf32>, tensor<3xf32>
}
