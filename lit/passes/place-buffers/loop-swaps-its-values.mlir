// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// Each waits for the other's place, so that one is set aside.
// CHECK:      func.func @f(%x: memref<9xf32>, %y: memref<9xf32>, [[A:%\S+]]: memref<9xf32>, [[B:%\S+]]: memref<9xf32>) {
// CHECK:      [[ASIDE:%\S+]] = memref.alloc() : memref<9xf32>
// CHECK:      scf.for
// CHECK:        ins([[A]] : memref<9xf32>) outs([[ASIDE]] : memref<9xf32>)
// CHECK:        ins([[B]] : memref<9xf32>) outs([[A]] : memref<9xf32>)
// CHECK:        ins([[ASIDE]] : memref<9xf32>) outs([[B]] : memref<9xf32>)
func.func @f(%x: tensor<9xf32>, %y: tensor<9xf32>) -> (tensor<9xf32>, tensor<9xf32>) {
  %a, %b = graph.for 0 step 1 count 3(%x, %y)
      : (tensor<9xf32>, tensor<9xf32>) -> tensor<9xf32>, tensor<9xf32> {
  ^body(%i: tensor<i64>, %c: tensor<9xf32>, %d: tensor<9xf32>):
    graph.give %d, %c : tensor<9xf32>, tensor<9xf32>
  }
  func.return %a, %b : tensor<9xf32>, tensor<9xf32>
}
