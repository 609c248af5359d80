// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// Three nests, two of which differ in nothing but what they are launched with.
// CHECK:       simt.kernel @k0
// CHECK-LABEL: func.func @f
// CHECK:       simt.launch @k0(
// CHECK-LABEL: func.func @g
// CHECK:       simt.launch @k0(
// CHECK:       simt.kernel @k2
// CHECK-LABEL: func.func @h
// CHECK:       simt.launch @k2(
func.func @f(%x: tensor<40x33xf32>) -> tensor<33x40xf32> {
  %a = graph.transpose %x, permutation = [1, 0] : tensor<40x33xf32> -> tensor<33x40xf32>
  func.return %a : tensor<33x40xf32>
}
func.func @g(%y: tensor<40x33xf32>) -> tensor<33x40xf32> {
  %a = graph.transpose %y, permutation = [1, 0] : tensor<40x33xf32> -> tensor<33x40xf32>
  func.return %a : tensor<33x40xf32>
}
func.func @h(%x: tensor<40x34xf32>) -> tensor<34x40xf32> {
  %a = graph.transpose %x, permutation = [1, 0] : tensor<40x34xf32> -> tensor<34x40xf32>
  func.return %a : tensor<34x40xf32>
}
