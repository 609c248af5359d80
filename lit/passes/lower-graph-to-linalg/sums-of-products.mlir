// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// The second product starts from the first, so that one tensor holds both.
// CHECK-LABEL: @sum
// CHECK: linalg.fill
// CHECK: [[FIRST:%[a-z0-9_]+]] = linalg.generic
// CHECK-NOT: linalg.fill
// CHECK: linalg.generic
// CHECK-SAME: outs([[FIRST]] : tensor<5x2x4xf32>)
// CHECK: func.return %b
func.func @sum(%x: tensor<5x2x3xf32>, %y: tensor<5x3x4xf32>) -> tensor<5x2x4xf32> {
  %a = graph.dot_general %x, %y, batch = [0] x [0], contract = [2] x [1]
      : tensor<5x2x3xf32>, tensor<5x3x4xf32> -> tensor<5x2x4xf32>
  %b = graph.dot_general %x, %y, batch = [0] x [0], contract = [2] x [1]
      : tensor<5x2x3xf32>, tensor<5x3x4xf32> -> tensor<5x2x4xf32>
  %c = graph.add %a, %b : tensor<5x2x4xf32>
  func.return %c : tensor<5x2x4xf32>
}

// A product that is read elsewhere too keeps its own tensor.
// CHECK-LABEL: @both
// CHECK: linalg.fill
// CHECK: linalg.fill
func.func @both(%x: tensor<5x2x3xf32>, %y: tensor<5x3x4xf32>) -> (tensor<5x2x4xf32>, tensor<5x2x4xf32>) {
  %a = graph.dot_general %x, %y, batch = [0] x [0], contract = [2] x [1]
      : tensor<5x2x3xf32>, tensor<5x3x4xf32> -> tensor<5x2x4xf32>
  %b = graph.dot_general %x, %y, batch = [0] x [0], contract = [2] x [1]
      : tensor<5x2x3xf32>, tensor<5x3x4xf32> -> tensor<5x2x4xf32>
  %c = graph.add %a, %b : tensor<5x2x4xf32>
  func.return %c, %b : tensor<5x2x4xf32>, tensor<5x2x4xf32>
}
