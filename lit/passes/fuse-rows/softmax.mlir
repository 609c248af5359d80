// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,fuse-rows{tile-bytes=1232,least-bytes=0} | filecheck %s

// Two rows a round, one behind the loop; a round's memory is as long as two rows, and its own.
// CHECK:      func.func @f(%x: memref<37x50xf32>, [[Y:%\S+]]: memref<37x50xf32>) {
// CHECK-NOT:  memref.alloc
// CHECK:      scf.for [[I:%\S+]] = {{.*}} {
// CHECK-NEXT:   [[M:%\S+]] = memref.alloc() : memref<2xf32>
// CHECK-NEXT:   [[E:%\S+]] = memref.alloc() : memref<100xf32>
// CHECK:        [[AT:%\S+]] = arith.muli [[I]],
// CHECK-NEXT:   memref.reinterpret_cast %x to offset: [[[AT]]], sizes: [2, 50], strides: [50, 1]
// CHECK:        memref.reinterpret_cast [[Y]] to offset: [[[AT]]], sizes: [2, 50]
// CHECK:        arith.maximumf
// CHECK:        math.exp
// CHECK:        arith.addf
// CHECK:        arith.divf
// CHECK:        memref.dealloc [[M]]
// CHECK-NEXT:   memref.dealloc [[E]]
// CHECK-NEXT: } {independent}
// CHECK:      memref.reinterpret_cast %x to offset: [1800], sizes: [1, 50], strides: [50, 1]
// CHECK:      memref.reinterpret_cast [[Y]] to offset: [1800], sizes: [1, 50]
// CHECK:        arith.divf
// CHECK-NOT:  scf.for
func.func @f(%x: tensor<37x50xf32>) -> tensor<37x50xf32> {
  %m = graph.reduce "max" %x, axes = [1] : tensor<37x50xf32> -> tensor<37xf32>
  %b = graph.broadcast %m, dimensions = [0] : tensor<37xf32> -> tensor<37x50xf32>
  %d = graph.sub %x, %b : tensor<37x50xf32>
  %e = graph.exp %d : tensor<37x50xf32>
  %s = graph.reduce "sum" %e, axes = [1] : tensor<37x50xf32> -> tensor<37xf32>
  %t = graph.broadcast %s, dimensions = [0] : tensor<37xf32> -> tensor<37x50xf32>
  %r = graph.div %e, %t : tensor<37x50xf32>
  func.return %r : tensor<37x50xf32>
}
