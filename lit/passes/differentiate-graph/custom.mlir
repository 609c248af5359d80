// RUN: foldaway-opt -p differentiate-graph %s | filecheck %s

// The gradient of the result takes the place of the seed; the output takes that of the result.

// CHECK: func.func @f([[X:%.*]]: tensor<3xf32>, [[S:%.*]]: tensor<3xf32>)
// CHECK: [[Y:%.*]] = graph.floor [[X]]
// CHECK: graph.mul [[Y]], [[Y]]
// CHECK: [[G0:%.*]] = graph.mul [[S]], [[Y]]
// CHECK: [[G1:%.*]] = graph.mul [[S]], [[Y]]
// CHECK: [[G2:%.*]] = graph.add [[G0]], [[G1]]
// CHECK: [[G:%.*]] = graph.neg [[G2]]
// CHECK: func.return [[G]]
func.func @f(%x: tensor<3xf32>, %s: tensor<3xf32>) -> tensor<3xf32> {
  %v = graph.variable %x : tensor<3xf32>
  %y = graph.floor %v : tensor<3xf32>
  %zero = graph.constant dense<0.0> : tensor<3xf32>
  %seed = graph.variable %zero : tensor<3xf32>
  %given = graph.neg %seed : tensor<3xf32>
  %z = graph.custom_gradient %y of %v : tensor<3xf32> gives %given : tensor<3xf32>
      seed %seed : tensor<3xf32>
  %square = graph.mul %z, %z : tensor<3xf32>
  %g = graph.gradient of %square : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v : tensor<3xf32> -> tensor<3xf32>
  func.return %g : tensor<3xf32>
}
