// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK: [[R:%.*]], [[S:%.*]] = linalg.generic
// CHECK: linalg.yield {{.*}}, {{.*}} : f32, f32
// CHECK-NOT: linalg.generic
func.func @f(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %e = math.exp %x : tensor<3xf32>
  %y = math.sin %e : tensor<3xf32>
  func.return %e, %y : tensor<3xf32>, tensor<3xf32>
}
