// RUN: foldaway-opt -t 'llvm{vector-bytes=16}' %s | filecheck %s
// A row's maximum: four vectors side by side, then their halves with what is left of the row.

// CHECK:      phi <4 x float> [ splat (float 0xFFF0000000000000), %loop{{[0-9]+}} ]
// CHECK:      call nsz <4 x float> @llvm.maximum.v4f32(
// CHECK:      icmp eq i64 {{%\S+}}, 6
// CHECK:      shufflevector <4 x float> [[M:%\S+]], <4 x float> poison, <2 x i32> <i32 0, i32 1>
// CHECK:      shufflevector <4 x float> [[M]], <4 x float> poison, <2 x i32> <i32 2, i32 3>
// CHECK:      call nsz <2 x float> @llvm.maximum.v2f32(
// CHECK:      extractelement <2 x float>
// CHECK:      call nsz float @llvm.maximum.f32(
// CHECK:      load float
func.func @f(%x: memref<3x101xf32>, %y: memref<3xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
    iterator_types = ["parallel", "reduction"]
  } ins(%x : memref<3x101xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %m = arith.maximumf %b, %a : f32
    linalg.yield %m : f32
  }
  func.return
}
