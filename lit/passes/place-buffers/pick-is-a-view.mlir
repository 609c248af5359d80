// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// Each round reads its part of the sequence where it lies, and copies nothing.
// CHECK:      scf.for
// CHECK:        [[NUMBER:%\S+]] = memref.load
// CHECK-NEXT:   [[I:%\S+]] = arith.index_cast [[NUMBER]] : i64 to index
// CHECK-NEXT:   [[SIX:%\S+]] = arith.constant 6 : index
// CHECK-NEXT:   [[AT:%\S+]] = arith.muli [[I]], [[SIX]] : index
// CHECK-NEXT:   memref.reinterpret_cast %x to offset: [[[AT]]], sizes: [1, 2, 3]
// CHECK-NEXT:   [[ROW:%\S+]] = memref.reinterpret_cast %x to offset: [[[AT]]], sizes: [2, 3], strides: [3, 1]
// CHECK-NEXT:   linalg.generic {{.*}} ins([[S:%\S+]], [[ROW]] : {{.*}}) outs([[S]] :
// CHECK-NOT:    linalg.generic {{.*}}memref<2x3xf32>
// CHECK:      func.return
func.func @f(%x: tensor<9x2x3xf32>, %s: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = graph.for 0 step 1 count 9(%s) : (tensor<2x3xf32>) -> tensor<2x3xf32> {
  ^body(%i: tensor<i64>, %a: tensor<2x3xf32>):
    %row = graph.pick %x, %i, axis = 0 : tensor<9x2x3xf32>, tensor<i64> -> tensor<2x3xf32>
    %b = graph.add %a, %row : tensor<2x3xf32>
    graph.give %b : tensor<2x3xf32>
  }
  func.return %y : tensor<2x3xf32>
}
