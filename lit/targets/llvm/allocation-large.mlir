// RUN: foldaway-opt -t llvm %s | filecheck %s

// CHECK:      [[MEMORY:%\S+]] = call ptr @aligned_alloc(i64 64, i64 12032)
// CHECK:      ret i32 1
// CHECK:      %slot0 = getelementptr inbounds i8, ptr [[MEMORY]], i64 0
// CHECK-NEXT: %slot1 = getelementptr inbounds i8, ptr [[MEMORY]], i64 8000
// CHECK:      call void @free(ptr [[MEMORY]])
// CHECK-NEXT: ret i32 0
func.func @f(%x: memref<3xf32>) {
  %a = memref.alloc() : memref<2000xf32>
  %b = memref.alloc() : memref<1000xf32>
  memref.dealloc %a : memref<2000xf32>
  %c = memref.alloc() : memref<1500xf32>
  func.return
}
