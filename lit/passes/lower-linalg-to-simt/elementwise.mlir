// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// Eight groups of four, and a thread for the element behind them.
// CHECK:      simt.kernel @k0([[X:%\S+]]: memref<33xf32>, [[Y:%\S+]]: memref<33xf32>) block = [256, 1, 1] grid = [1, 1, 1] {
// CHECK:        [[T:%\S+]] = simt.thread_id x
// CHECK-NEXT:   [[SOME:%\S+]] = arith.cmpi slt, [[T]], {{%\S+}} : i32
// CHECK-NEXT:   scf.if [[SOME]] {
// CHECK-NEXT:     [[I:%\S+]] = arith.muli [[T]]
// CHECK:          {{.*}} = simt.load [[X]][[[I]]] align = 16 : memref<33xf32>, i32 -> f32, f32, f32, f32
// CHECK-COUNT-4:  arith.mulf
// CHECK-NEXT:     simt.store [[Y]][[[I]]], {{.*}} align = 16
// CHECK-NEXT:   }
// CHECK:        scf.if
// CHECK:          simt.load [[X]][{{%\S+}}] align = 4 : memref<33xf32>, i32 -> f32
// CHECK:        simt.return
// CHECK:      func.func @f(%x: memref<33xf32>, [[Z:%\S+]]: memref<33xf32>) {
// CHECK-NEXT:   simt.launch @k0(%x, [[Z]]) : memref<33xf32>, memref<33xf32>
// CHECK-NEXT:   func.return
func.func @f(%x: tensor<33xf32>) -> tensor<33xf32> {
  %m = graph.mul %x, %x : tensor<33xf32>
  func.return %m : tensor<33xf32>
}
