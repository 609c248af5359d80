// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: [[E:%.*]] = tensor.empty() : tensor<5xf32>
// CHECK-NEXT: [[A:%.*]] = tensor.insert_slice %x into [[E]][0] [2] [1]
// CHECK-NEXT: %z = tensor.insert_slice %y into [[A]][2] [3] [1]
func.func @f(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<5xf32> {
  %z = graph.concat axis = 0 of %x, %y : tensor<2xf32>, tensor<3xf32> -> tensor<5xf32>
  func.return %z : tensor<5xf32>
}
