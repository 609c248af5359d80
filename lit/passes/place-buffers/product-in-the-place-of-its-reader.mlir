// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// The product is computed in the result's memory, and what is added to it, over it.
// CHECK-LABEL: @layer(
// CHECK-SAME:  [[R:%[^:]+]]: memref<64x48xf32>) {
// CHECK-NOT:   memref.alloc
// CHECK:       outs([[R]] :
// CHECK:       outs([[R]] :
// CHECK:         arith.mulf
// CHECK:       ins(%b, [[R]] : memref<48xf32>, memref<64x48xf32>) outs([[R]] :
// CHECK:       func.return
func.func @layer(%x: tensor<64x96xf32>, %w: tensor<96x48xf32>, %b: tensor<48xf32>) -> tensor<64x48xf32> {
  %p = graph.dot_general %x, %w, batch = [] x [], contract = [1] x [0]
      : tensor<64x96xf32>, tensor<96x48xf32> -> tensor<64x48xf32>
  %c = graph.broadcast %b, dimensions = [1] : tensor<48xf32> -> tensor<64x48xf32>
  %s = graph.add %p, %c : tensor<64x48xf32>
  func.return %s : tensor<64x48xf32>
}

// What is used again keeps memory of its own.
// CHECK-LABEL: @twice(
// CHECK:       [[P:%\S+]] = memref.alloc() : memref<64x48xf32>
// CHECK:       outs([[P]] :
// CHECK:       outs([[P]] :
// CHECK:         arith.mulf
// CHECK:       func.return
func.func @twice(%x: tensor<64x96xf32>, %w: tensor<96x48xf32>, %b: tensor<48xf32>) -> (tensor<64x48xf32>, tensor<48xf32>) {
  %p = graph.dot_general %x, %w, batch = [] x [], contract = [1] x [0]
      : tensor<64x96xf32>, tensor<96x48xf32> -> tensor<64x48xf32>
  %c = graph.broadcast %b, dimensions = [1] : tensor<48xf32> -> tensor<64x48xf32>
  %s = graph.add %p, %c : tensor<64x48xf32>
  %t = graph.reduce "sum" %p, axes = [0] : tensor<64x48xf32> -> tensor<48xf32>
  func.return %s, %t : tensor<64x48xf32>, tensor<48xf32>
}

// So does what a reduction reads, for it goes through a few rows of the sums at a time.
// CHECK-LABEL: @reduced(
// CHECK-SAME:  [[R:%[^:]+]]: memref<64x48xf32>, %{{[0-9]+}}: memref<64xf32>) {
// CHECK:       [[P:%\S+]] = memref.alloc() : memref<64x48xf32>
// CHECK:       outs([[P]] :
// CHECK:       outs([[P]] :
// CHECK:         arith.mulf
// CHECK:       ins(%b, [[P]] : memref<48xf32>, memref<64x48xf32>) outs([[R]] :
func.func @reduced(%x: tensor<64x96xf32>, %w: tensor<96x48xf32>, %b: tensor<48xf32>) -> (tensor<64x48xf32>, tensor<64xf32>) {
  %p = graph.dot_general %x, %w, batch = [] x [], contract = [1] x [0]
      : tensor<64x96xf32>, tensor<96x48xf32> -> tensor<64x48xf32>
  %c = graph.broadcast %b, dimensions = [1] : tensor<48xf32> -> tensor<64x48xf32>
  %s = graph.add %p, %c : tensor<64x48xf32>
  %t = graph.reduce "sum" %s, axes = [1] : tensor<64x48xf32> -> tensor<64xf32>
  func.return %s, %t : tensor<64x48xf32>, tensor<64xf32>
}
