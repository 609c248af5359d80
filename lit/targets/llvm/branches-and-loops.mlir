// RUN: foldaway-opt -t llvm %s | filecheck %s

// CHECK-LABEL: define i32 @f(ptr %block)
// CHECK:      br label %body
// CHECK:      body:
// CHECK-NEXT: [[BYTE:%\S+]] = load i8, ptr %a0, align 1
// CHECK-NEXT: [[C:%\S+]] = icmp ne i8 [[BYTE]], 0
// CHECK-NEXT: br i1 [[C]], label %[[THEN:\S+]], label %[[ELSE:\S+]]
// CHECK:      [[THEN]]:
// CHECK-NEXT: br label %[[END:\S+]]
// CHECK:      [[ELSE]]:
// CHECK-NEXT: br label %[[END]]
// CHECK:      [[END]]:
// CHECK-NEXT: br label %[[WHILE:\S+]]
// CHECK:      [[WHILE]]:
// CHECK:      br i1 %{{\S+}}, label %[[DO:\S+]], label %[[DONE:\S+]]
// CHECK:      [[DO]]:
// CHECK-NEXT: br label %[[WHILE]]
// CHECK:      [[DONE]]:
// CHECK-NEXT: br label %[[FOR:\S+]]
// CHECK:      [[FOR]]:
// CHECK-NEXT: phi i64 [ 0, %[[DONE]] ], [ [[NEXT:%\S+]], %[[FOR]] ]
// CHECK-NEXT: call void @kernel0(ptr %a1)
// CHECK-NEXT: [[NEXT]] = add nuw nsw i64
// CHECK-NEXT: icmp eq i64 [[NEXT]], 10
// CHECK:      ret i32 0
// CHECK:      define internal void @kernel0(ptr {{.*}}) alwaysinline
func.func @f(%c: memref<i1>, %y: memref<f64>) {
  %b = memref.load %c[] : memref<i1>
  scf.if %b {
  } else {
  }
  scf.while () : () -> () {
    %d = memref.load %c[] : memref<i1>
    scf.condition(%d)
  } do {
    scf.yield
  }
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %ten = arith.constant 10 : index
  scf.for %i = %zero to %ten step %one {
    linalg.generic {indexing_maps = [affine_map<() -> ()>], iterator_types = []} outs(%y : memref<f64>) {
    ^bb0(%e: f64):
      %t = arith.addf %e, %e : f64
      linalg.yield %t : f64
    }
  }
  func.return
}
