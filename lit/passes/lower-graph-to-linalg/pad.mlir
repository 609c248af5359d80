// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: [[FRAME:%.*]] = linalg.broadcast ins(%v:tensor<f32>)
// CHECK-NEXT: %y = tensor.insert_slice %x into [[FRAME]][1] [3] [1]
func.func @f(%x: tensor<3xf32>, %v: tensor<f32>) -> tensor<6xf32> {
  %y = graph.pad %x, %v, low = [1], high = [2]
      : tensor<3xf32>, tensor<f32> -> tensor<6xf32>
  func.return %y : tensor<6xf32>
}
