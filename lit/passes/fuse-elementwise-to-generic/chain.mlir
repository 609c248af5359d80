// RUN: foldaway-opt %s -p fuse-elementwise-to-generic | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: tensor.empty
// CHECK-NEXT: %c = linalg.generic
// CHECK-SAME: ins(%x, %y : tensor<3xf32>, tensor<3xf32>)
// CHECK-NEXT: ^{{.*}}([[X:%.*]]: f32, [[Y:%.*]]: f32, {{.*}}):
// CHECK-NEXT: [[A:%.*]] = arith.addf [[X]], [[Y]] : f32
// CHECK-NEXT: [[B:%.*]] = math.exp [[A]] : f32
// CHECK-NEXT: [[C:%.*]] = arith.mulf [[B]], [[X]] : f32
// CHECK-NEXT: linalg.yield [[C]] : f32
func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %a = arith.addf %x, %y : tensor<3xf32>
  %b = math.exp %a : tensor<3xf32>
  %c = arith.mulf %b, %x : tensor<3xf32>
  func.return %c : tensor<3xf32>
}
