// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// CHECK-COUNT-2: memref.alloc()
// CHECK-NOT: memref.alloc()
// CHECK-COUNT-2: memref.dealloc
// CHECK-NEXT: func.return
func.func @f(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %a = graph.dot_general %x, %x, batch = [] x [], contract = [1] x [0]
      : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  %b = graph.dot_general %a, %x, batch = [] x [], contract = [1] x [0]
      : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  %c = graph.dot_general %b, %x, batch = [] x [], contract = [1] x [0]
      : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  %d = graph.dot_general %c, %x, batch = [] x [], contract = [1] x [0]
      : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  func.return %d : tensor<2x2xf32>
}
