// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt | filecheck %s

// Threads, blocks and rounds are counted in 32 bits. Rows and columns are, together they aren't:
// then rows of odd length have no groups that go on in the next.
// CHECK-LABEL: @rows
// CHECK:       simt = {family = "elementwise", threads = 256 : i64, blocks = 4785157 : i64, width = 4 : i64}
func.func @rows(%x: tensor<70000x70000xf32>) -> tensor<70000x70000xf32> {
  %y = graph.abs %x : tensor<70000x70000xf32>
  func.return %y : tensor<70000x70000xf32>
}

// CHECK-LABEL: @odd
// CHECK:       {on_host = "it has more rounds than a kernel counts"}
func.func @odd(%x: tensor<70001x70001xf32>) -> tensor<70001x70001xf32> {
  %y = graph.abs %x : tensor<70001x70001xf32>
  func.return %y : tensor<70001x70001xf32>
}

// CHECK-LABEL: @one_axis
// CHECK:       {on_host = "it has more rounds than a kernel counts"}
func.func @one_axis(%x: tensor<4294967296xi8>) -> tensor<i8> {
  %y = graph.reduce "max" %x, axes = [0] : tensor<4294967296xi8> -> tensor<i8>
  func.return %y : tensor<i8>
}
