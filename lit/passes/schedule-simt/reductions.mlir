// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt | filecheck %s

// A warp or more for each row, which reads neighbours along the row.
// CHECK-LABEL: @rows
// CHECK:       simt = {family = "reduction", threads = 256 : i64, lanes = 32 : i64, across = 1 : i64, width = 4 : i64, parts = 1 : i64}
func.func @rows(%x: tensor<8192x1024xf32>) -> tensor<8192xf32> {
  %y = graph.reduce "sum" %x, axes = [1] : tensor<8192x1024xf32> -> tensor<8192xf32>
  func.return %y : tensor<8192xf32>
}

// Neighbours in a warp have columns side by side.
// CHECK-LABEL: @columns
// CHECK:       lanes = 32 : i64, across = 32 : i64, width = 1 : i64, parts = 1 : i64}
func.func @columns(%x: tensor<8192x8192xf32>) -> tensor<8192xf32> {
  %y = graph.reduce "max" %x, axes = [0] : tensor<8192x8192xf32> -> tensor<8192xf32>
  func.return %y : tensor<8192xf32>
}

// One result: many blocks, and a second kernel.
// CHECK-LABEL: @all
// CHECK:       threads = 512 : i64, lanes = 512 : i64, across = 1 : i64, width = 4 : i64, parts = 256 : i64}
func.func @all(%x: tensor<4194304xf32>) -> tensor<f32> {
  %y = graph.reduce "sum" %x, axes = [0] : tensor<4194304xf32> -> tensor<f32>
  func.return %y : tensor<f32>
}
