// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// One side computes into the result's parameter, the other copies what stands around.
// CHECK:      func.func @f(%x: memref<3xf32>, %c: memref<i1>, [[R:%\S+]]: memref<3xf32>) {
// CHECK-NEXT: [[C:%\S+]] = memref.load %c[] : memref<i1>
// CHECK-NEXT: scf.if [[C]] {
// CHECK-NEXT:   linalg.generic {{.*}} ins(%x : memref<3xf32>) outs([[R]] : memref<3xf32>)
// CHECK:          math.exp
// CHECK:      } else {
// CHECK-NEXT:   linalg.generic {{.*}} ins(%x : memref<3xf32>) outs([[R]] : memref<3xf32>)
// CHECK-NEXT:   ^bb0([[V:%\S+]]: f32, %{{\S+}}: f32):
// CHECK-NEXT:     linalg.yield [[V]] : f32
// CHECK:      func.return
func.func @f(%x: tensor<3xf32>, %c: tensor<i1>) -> tensor<3xf32> {
  %y = graph.if %c -> tensor<3xf32> {
    %e = graph.exp %x : tensor<3xf32>
    graph.give %e : tensor<3xf32>
  } else {
    graph.give %x : tensor<3xf32>
  }
  func.return %y : tensor<3xf32>
}
