// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// A warp for each row. Values and places go from lane to lane; of equal values the first wins.
// CHECK:      simt.kernel @k0({{.*}}) block = [256, 1, 1] grid = [5, 1, 1] {
// CHECK:        simt.load {{.*}} -> f32
// CHECK:        simt.shuffle "xor" {{.*}} : f32
// CHECK-NEXT:   simt.shuffle "xor" {{.*}} : i64
// CHECK:        arith.cmpi slt
// CHECK:        arith.select {{.*}} : f32
// CHECK-NEXT:   arith.select {{.*}} : i64
// CHECK:        simt.store {{.*}} f32
// CHECK:        simt.store {{.*}} i64
// CHECK-NEXT:   }
func.func @f(%x: tensor<40x33xf32>) -> tensor<40xi64> {
  %m = graph.argreduce "max" %x, axis = 1 : tensor<40x33xf32> -> tensor<40xi64>
  func.return %m : tensor<40xi64>
}
