// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt | filecheck %s

// Each element of the matrix is read once, by neighbouring threads: along a row of it that is
// summed, or along a row that results lie along.
// CHECK-LABEL: @rows
// CHECK:       family = "reduction", {{.*}} across = 1 : i64, width = 4 : i64
func.func @rows(%x: tensor<512x1024xf32>, %y: tensor<1024xf32>) -> tensor<512xf32> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<512x1024xf32>, tensor<1024xf32> -> tensor<512xf32>
  func.return %p : tensor<512xf32>
}

// CHECK-LABEL: @columns
// CHECK:       family = "reduction", {{.*}} across = 32 : i64, width = 1 : i64
func.func @columns(%x: tensor<1024xf32>, %y: tensor<1024x512xf32>) -> tensor<512xf32> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [0] x [0] : tensor<1024xf32>, tensor<1024x512xf32> -> tensor<512xf32>
  func.return %p : tensor<512xf32>
}
