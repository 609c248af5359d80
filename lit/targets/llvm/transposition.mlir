// RUN: foldaway-opt -t llvm %s | filecheck %s

// A column of the input is a place of the cache 100 times: what a square of 16 rows and columns
// reads and writes stays there. Behind the last whole square are 4 columns and rows.
// CHECK-LABEL: define internal void @kernel0(
// CHECK:      icmp eq i64 {{%\S+}}, 16
// CHECK:      icmp eq i64 {{%\S+}}, 16
// CHECK:      icmp eq i64 {{%\S+}}, 6
// CHECK:      icmp eq i64 {{%\S+}}, 4
// CHECK:      icmp eq i64 {{%\S+}}, 16
// CHECK:      icmp eq i64 {{%\S+}}, 64
// CHECK-NOT:  icmp eq i64 {{%\S+}}, 100
func.func @f(%x: memref<100x1024xf32>, %y: memref<1024x100xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x : memref<100x1024xf32>) outs(%y : memref<1024x100xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  func.return
}

// The lines of a short column stay in the cache as they are.
// CHECK-LABEL: define internal void @kernel1(
// CHECK-NOT:  icmp eq i64 {{%\S+}}, 16
// CHECK:      icmp eq i64 {{%\S+}}, 100
func.func @g(%x: memref<100x104xf32>, %y: memref<104x100xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%x : memref<100x104xf32>) outs(%y : memref<104x100xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  func.return
}
