// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt | filecheck %s

// All nests of a softmax are one group: 512 threads have a row of 8192 in registers.
// CHECK-COUNT-6: simt = {family = "rows", group = 0 : i64, rows = 64 : i64, threads = 512 : i64, lanes = 512 : i64, width = 4 : i64}
func.func @f(%x: tensor<64x8192xf32>) -> tensor<64x8192xf32> {
  %m = graph.reduce "max" %x, axes = [1] : tensor<64x8192xf32> -> tensor<64xf32>
  %b = graph.broadcast %m, dimensions = [0] : tensor<64xf32> -> tensor<64x8192xf32>
  %d = graph.sub %x, %b : tensor<64x8192xf32>
  %e = graph.exp %d : tensor<64x8192xf32>
  %s = graph.reduce "sum" %e, axes = [1] : tensor<64x8192xf32> -> tensor<64xf32>
  %t = graph.broadcast %s, dimensions = [0] : tensor<64xf32> -> tensor<64x8192xf32>
  %r = graph.div %e, %t : tensor<64x8192xf32>
  func.return %r : tensor<64x8192xf32>
}

// One reduction is a kernel of its own: nothing reads the row again.
// CHECK-LABEL: @sum
// CHECK-NOT:   "rows"
func.func @sum(%x: tensor<64x8192xf32>) -> tensor<64xf32> {
  %s = graph.reduce "sum" %x, axes = [1] : tensor<64x8192xf32> -> tensor<64xf32>
  func.return %s : tensor<64xf32>
}
