// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// A warp has a row: it is read once and written once, and nothing else is in memory.
// CHECK:      simt.kernel @k0([[X:%\S+]]: memref<64x128xf32>, [[Y:%\S+]]: memref<64x128xf32>) block = [128, 1, 1] grid = [16, 1, 1] {
// CHECK:        simt.load [[X]][{{%\S+}}] align = 16
// CHECK:        arith.maximumf
// CHECK-COUNT-5: simt.shuffle "xor"
// CHECK-COUNT-4: math.exp
// CHECK:        arith.addf
// CHECK-COUNT-5: simt.shuffle "xor"
// CHECK:        simt.store [[Y]]
// CHECK-NEXT:   simt.return
// CHECK:      func.func @f(%x: memref<64x128xf32>, [[Z:%\S+]]: memref<64x128xf32>) {
// CHECK-NEXT:   simt.launch @k0(%x, [[Z]])
// CHECK-NEXT:   func.return
func.func @f(%x: tensor<64x128xf32>) -> tensor<64x128xf32> {
  %m = graph.reduce "max" %x, axes = [1] : tensor<64x128xf32> -> tensor<64xf32>
  %b = graph.broadcast %m, dimensions = [0] : tensor<64xf32> -> tensor<64x128xf32>
  %d = graph.sub %x, %b : tensor<64x128xf32>
  %e = graph.exp %d : tensor<64x128xf32>
  %s = graph.reduce "sum" %e, axes = [1] : tensor<64x128xf32> -> tensor<64xf32>
  %t = graph.broadcast %s, dimensions = [0] : tensor<64xf32> -> tensor<64x128xf32>
  %r = graph.div %e, %t : tensor<64x128xf32>
  func.return %r : tensor<64x128xf32>
}
