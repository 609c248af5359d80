// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// CHECK: func.func @f
// CHECK-NEXT: graph.neg
// CHECK-NEXT: func.return
func.func @f(%x : tensor<3xf32>) -> tensor<3xf32> {
  %y = graph.neg %x : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
