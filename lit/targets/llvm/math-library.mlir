// RUN: foldaway-opt -t llvm %s | filecheck %s

// CHECK: call float @expf(float {{%\S+}}) #1
// CHECK: declare float @expf(float) #1
func.func @exp(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %e = math.exp %a : f32
    linalg.yield %e : f32
  }
  func.return
}
