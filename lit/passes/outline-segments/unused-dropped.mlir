// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// CHECK: func.func @f
// CHECK-NEXT: pyobj.return
// CHECK-NOT: graph.
func.func @f(%x : tensor<3xf32>) -> tensor<3xf32> {
  %unused = graph.neg %x : tensor<3xf32>
  pyobj.return %x
}
