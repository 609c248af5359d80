// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: %a = tensor.extract_slice %x[1] [2] [2] : tensor<6xf32> to tensor<2xf32>
// CHECK-NEXT: %b = tensor.insert_slice %a into %x[0] [2] [3] : tensor<2xf32> into tensor<6xf32>
func.func @f(%x: tensor<6xf32>) -> tensor<6xf32> {
  %a = graph.slice %x, starts = [1], limits = [5], strides = [2] : tensor<6xf32> -> tensor<2xf32>
  %b = graph.update_slice %x, %a, starts = [0], strides = [3] : tensor<6xf32>, tensor<2xf32>
  func.return %b : tensor<6xf32>
}
