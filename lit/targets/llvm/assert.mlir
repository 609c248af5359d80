// RUN: foldaway-opt -t llvm %s | filecheck %s

// A failed assertion gives the memory back, too, and its number.
// CHECK:      %workspace = call ptr @aligned_alloc
// CHECK:      br label %body
// CHECK:      br i1 %{{\S+}}, label %[[A:\S+]], label %failed2
// CHECK:      [[A]]:
// CHECK:      br i1 %{{\S+}}, label %[[B:\S+]], label %failed3
// CHECK:      [[B]]:
// CHECK-NEXT: br label %leave
// CHECK:      leave:
// CHECK-NEXT: %status = phi i32 [ 0, %[[B]] ], [ 2, %failed2 ], [ 3, %failed3 ]
// CHECK-NEXT: call void @free(ptr %workspace)
// CHECK-NEXT: ret i32 %status
func.func @f(%c: memref<i1>) {
  %m = memref.alloc() : memref<5000xf32>
  %b = memref.load %c[] : memref<i1>
  cf.assert %b, "ValueError: no"
  cf.assert %b, "ValueError: never"
  memref.dealloc %m : memref<5000xf32>
  func.return
}
