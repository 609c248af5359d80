// RUN: foldaway-opt -t llvm %s | filecheck %s

// A long sum is made of sums of 512 numbers; what their addition loses is kept beside.
// CHECK-LABEL: @kernel0
// CHECK:       fadd reassoc contract float
// CHECK:       icmp eq i64 {{%\S+}}, 512
// CHECK:       [[TOTAL:%\S+]] = fadd float
// CHECK-NEXT:  [[ADDED:%\S+]] = fsub float [[TOTAL]]
// CHECK:       icmp eq i64 {{%\S+}}, 4
func.func @sum(%x: memref<2048xf32>, %y: memref<f32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>],
    iterator_types = ["reduction"]
  } ins(%x : memref<2048xf32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %b: f32):
    %sum = arith.addf %a, %b : f32
    linalg.yield %sum : f32
  }
  func.return
}
