// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// Nothing reads the old value after the new one, so that no round copies anything.
// CHECK:      func.func @f(%x: memref<9xf32>, %c: memref<i1>, [[R:%\S+]]: memref<9xf32>) {
// CHECK:      scf.while () : () -> () {
// CHECK-NEXT:   [[C:%\S+]] = memref.load %c[] : memref<i1>
// CHECK-NEXT:   scf.condition([[C]])
// CHECK-NEXT: } do {
// CHECK-NEXT:   linalg.generic {{.*}} ins([[R]], %x : memref<9xf32>, memref<9xf32>) outs([[R]] : memref<9xf32>)
// CHECK-NOT:    linalg.generic
// CHECK:        scf.yield
func.func @f(%x: tensor<9xf32>, %c: tensor<i1>) -> tensor<9xf32> {
  %y = graph.while(%x) : (tensor<9xf32>) -> tensor<9xf32> {
  ^condition(%a: tensor<9xf32>):
    graph.give %c : tensor<i1>
  } do {
  ^body(%a: tensor<9xf32>):
    %b = graph.mul %a, %x : tensor<9xf32>
    graph.give %b : tensor<9xf32>
  }
  func.return %y : tensor<9xf32>
}
