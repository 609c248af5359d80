// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// A part is written where the whole lies: a round copies two elements, not all.
// CHECK:      func.func @f(%x: memref<900xf32>, %p: memref<2xf32>, [[R:%\S+]]: memref<900xf32>) {
// CHECK-NOT:  memref<900xf32> = memref.alloc
// CHECK:      scf.for
// CHECK-NEXT:   [[PART:%\S+]] = memref.subview [[R]][5] [2] [1]
// CHECK-NEXT:   linalg.generic {{.*}} ins(%p : memref<2xf32>) outs([[PART]] : {{.*}})
// CHECK-NOT:    outs([[R]]
// CHECK:      func.return
func.func @f(%x: tensor<900xf32>, %p: tensor<2xf32>) -> tensor<900xf32> {
  %r = graph.for 0 step 1 count 3(%x) : (tensor<900xf32>) -> tensor<900xf32> {
  ^body(%i: tensor<i64>, %a: tensor<900xf32>):
    %n = graph.update_slice %a, %p, starts = [5], strides = [1] : tensor<900xf32>, tensor<2xf32>
    graph.give %n : tensor<900xf32>
  }
  func.return %r : tensor<900xf32>
}
