// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// The first element of the old value is read while the new one is written, and after it.
// CHECK:      func.func @f(%x: memref<4xf32>, [[R:%\S+]]: memref<4xf32>) {
// CHECK:      [[NEXT:%\S+]] = memref.alloc() : memref<4xf32>
// CHECK:      scf.for
// CHECK:        [[VIEW:%\S+]] = memref.reinterpret_cast [[R]]
// CHECK-NEXT:   linalg.generic {{.*}} ins([[VIEW]], [[R]] : {{.*}}) outs([[NEXT]] : memref<4xf32>)
// CHECK:        linalg.generic {{.*}} ins([[NEXT]] : memref<4xf32>) outs([[R]] : memref<4xf32>)
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = graph.for 0 step 1 count 3(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^body(%i: tensor<i64>, %a: tensor<4xf32>):
    %v = graph.slice %a, starts = [0], limits = [1], strides = [1] : tensor<4xf32> -> tensor<1xf32>
    %w = graph.broadcast %v, dimensions = [0] : tensor<1xf32> -> tensor<4xf32>
    %n = graph.sub %a, %w : tensor<4xf32>
    graph.give %n : tensor<4xf32>
  }
  func.return %r : tensor<4xf32>
}
