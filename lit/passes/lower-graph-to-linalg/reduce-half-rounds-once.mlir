// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: arith.extf %x : tensor<2x3xf16> to tensor<2x3xf32>
// CHECK: linalg.reduce
// CHECK: arith.addf {{.*}} : f32
// CHECK: %s = arith.truncf {{.*}} : tensor<2xf32> to tensor<2xf16>
func.func @f(%x: tensor<2x3xf16>) -> tensor<2xf16> {
  %s = graph.reduce "sum" %x, axes = [1] : tensor<2x3xf16> -> tensor<2xf16>
  func.return %s : tensor<2xf16>
}
