// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,fuse-rows{tile-bytes=64,least-bytes=0} | filecheck %s

// What one nest writes is read by the other along the columns: rows can't go together.
// CHECK-NOT: scf.for
// CHECK:     func.return
func.func @f(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %s = graph.reduce "sum" %x, axes = [0] : tensor<8x8xf32> -> tensor<8xf32>
  %t = graph.broadcast %s, dimensions = [1] : tensor<8xf32> -> tensor<8x8xf32>
  %r = graph.div %x, %t : tensor<8x8xf32>
  func.return %r : tensor<8x8xf32>
}
