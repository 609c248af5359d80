// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,fuse-rows{tile-bytes=500,least-bytes=0} | filecheck %s

// Each of the 8 images has the same 6 factors: of the 48 rows, three a tile, the factors' first
// comes again after two tiles.
// CHECK:      scf.for [[I:%\S+]] = {{.*}} {
// CHECK:        [[TWO:%\S+]] = arith.constant 2 : index
// CHECK-NEXT:   [[AGAIN:%\S+]] = arith.remui [[I]], [[TWO]] : index
// CHECK-NEXT:   [[AT:%\S+]] = arith.muli [[AGAIN]],
// CHECK-NEXT:   memref.reinterpret_cast %w to offset: [[[AT]]], sizes: [3], strides: [1]
// CHECK:        arith.mulf
// CHECK:        arith.addf
// CHECK-NOT:  scf.for
func.func @f(%x: tensor<8x6x10xf32>, %w: tensor<6xf32>) -> tensor<8x6xf32> {
  %b = graph.broadcast %w, dimensions = [1] : tensor<6xf32> -> tensor<8x6x10xf32>
  %p = graph.mul %x, %b : tensor<8x6x10xf32>
  %e = graph.exp %p : tensor<8x6x10xf32>
  %s = graph.reduce "sum" %e, axes = [2] : tensor<8x6x10xf32> -> tensor<8x6xf32>
  %t = graph.reduce "max" %e, axes = [2] : tensor<8x6x10xf32> -> tensor<8x6xf32>
  %r = graph.div %s, %t : tensor<8x6xf32>
  func.return %r : tensor<8x6xf32>
}
