// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers | filecheck %s

// The next round reads the product again, so that no round may use its memory; the next product may.
// CHECK:      [[A:%\S+]] = memref.alloc() : memref<2x2xf32>
// CHECK:      [[OLD:%\S+]] = memref.alloc() : memref<2x2xf32>
// CHECK:      [[NEW:%\S+]] = memref.alloc() : memref<2x2xf32>
// CHECK-NOT:  memref.alloc() : memref<2x2xf32>
// CHECK:      scf.for
// CHECK:        linalg.generic {{.*}} ins([[OLD]], [[A]] : {{.*}}) outs([[NEW]] : memref<2x2xf32>)
// CHECK:      }
// CHECK:      linalg.generic {{.*}} ins(%x, %x : {{.*}}) outs([[A]] : memref<2x2xf32>)
func.func @f(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %p = graph.dot_general %x, %x, batch = [] x [], contract = [1] x [0]
      : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  %r = graph.for 0 step 1 count 3(%x) : (tensor<2x2xf32>) -> tensor<2x2xf32> {
  ^body(%i: tensor<i64>, %a: tensor<2x2xf32>):
    %n = graph.dot_general %a, %p, batch = [] x [], contract = [1] x [0]
        : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
    graph.give %n : tensor<2x2xf32>
  }
  %q = graph.dot_general %x, %x, batch = [] x [], contract = [0] x [1]
      : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  %s = graph.dot_general %q, %r, batch = [] x [], contract = [1] x [0]
      : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  func.return %s : tensor<2x2xf32>
}
