// RUN: foldaway-opt %s -p place-buffers,schedule-simt,lower-linalg-to-simt | filecheck %s

// What depends on all rounds before is taken in order, by a thread for each column: the element
// before is in memory, the sum so far in a register.
// CHECK:      simt.kernel @k
// CHECK:        {{%\S+}} = scf.for [[I:%\S+]] = {{.*}} iter_args({{.*}}) -> (f32)
// CHECK:          simt.load {{.*}} -> f32
// CHECK:          [[S:%\S+]] = arith.addf
// CHECK:          simt.store {{.*}}, [[S]]
// CHECK:          scf.yield [[S]] : f32
// CHECK:        simt.store
func.func @f(%x: memref<40x33xf32>, %y: memref<40x33xf32>, %z: memref<33xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i)>
    ],
    iterator_types = ["parallel", "reduction"]
  } ins(%x : memref<40x33xf32>) outs(%y, %z : memref<40x33xf32>, memref<33xf32>) {
  ^bb0(%a: f32, %before: f32, %sum: f32):
    %s = arith.addf %a, %sum : f32
    linalg.yield %s, %s : f32, f32
  }
  func.return
}
