// RUN: foldaway-opt %s -p place-buffers,lower-linalg-to-simt --verify-diagnostics | filecheck %s

// CHECK: error: a loop nest has no schedule for a kernel; run schedule-simt before
func.func @f(%x: memref<4xf32>, %y: memref<4xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%x : memref<4xf32>) outs(%y : memref<4xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  func.return
}
