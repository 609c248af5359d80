// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes | filecheck %s

// CHECK: linalg.transpose ins(%x:tensor<2x3x4xf32>) {{.*}} permutation = [0, 2, 1]
// CHECK: linalg.reduce ins(%{{.*}}:tensor<2x4x3xf32>) {{.*}} dimensions = [2]
func.func @f(%x: tensor<2x3x4xf32>) -> tensor<2x4xf32> {
  %y = graph.reduce "sum" %x, axes = [1] : tensor<2x3x4xf32> -> tensor<2x4xf32>
  func.return %y : tensor<2x4xf32>
}
