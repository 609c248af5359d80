// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK-NEXT: ^{{.*}}([[X:%.*]]: f32, [[S:%.*]]: f32):
// CHECK-NEXT: [[E:%.*]] = math.exp [[X]] : f32
// CHECK-NEXT: arith.addf [[E]], [[S]] : f32
func.func @f(%x: tensor<2x3xf32>, %s: tensor<2xf32>) -> tensor<2xf32> {
  %e = math.exp %x : tensor<2x3xf32>
  %r = linalg.reduce ins(%e:tensor<2x3xf32>) outs(%s:tensor<2xf32>) dimensions = [1]
  (%a: f32, %b: f32) {
    %c = arith.addf %a, %b : f32
    linalg.yield %c : f32
  }
  func.return %r : tensor<2xf32>
}
