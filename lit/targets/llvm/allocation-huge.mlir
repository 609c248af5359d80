// RUN: foldaway-opt -t llvm %s | filecheck %s
// So much memory comes fresh from the system at each call: in large pages there are few to make.

// CHECK:      %workspace = call ptr @aligned_alloc(i64 2097152, i64 41943040)
// CHECK:      work:
// CHECK-NEXT:   %advised = call i32 @madvise(ptr %workspace, i64 41943040, i32 14)
// CHECK:        call void @free(ptr %workspace)
func.func @f(%x: memref<10000000xf32>, %y: memref<10000000xf32>) {
  %between = memref.alloc() : memref<10000000xf32>
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%x : memref<10000000xf32>) outs(%between : memref<10000000xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]
  } ins(%between : memref<10000000xf32>) outs(%y : memref<10000000xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  memref.dealloc %between : memref<10000000xf32>
  func.return
}
