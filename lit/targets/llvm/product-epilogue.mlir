// RUN: foldaway-opt -t llvm %s | filecheck %s

// One function has the product and calls what follows it for the rows and panels that are complete;
// the last panel of columns is shorter.
// CHECK-LABEL: define i32 @layer
// CHECK:       call void @kernel2(ptr %a0, ptr %a1, ptr %a2, ptr %a3, ptr %slot0)
// CHECK-NOT:   call void @kernel
// CHECK:       ret i32
// A mark on what can't run so, or behind a product without tiles, means nothing.
// CHECK-LABEL: define i32 @apart
// CHECK:       call void @kernel{{[0-9]+}}(ptr %a0, ptr %a1, ptr %a2
// CHECK:       call void @kernel{{[0-9]+}}(ptr %a2, ptr %a3)
// CHECK:       call void @kernel{{[0-9]+}}(ptr %a2, ptr %a1)
// CHECK:       ret i32

// CHECK-LABEL: define internal void @kernel0(ptr noalias nocapture align 4 %p0, ptr noalias nocapture readonly align 4 %p1, i64 %rows, i64 %panels) noinline
// CHECK:       fadd float
// CHECK:       icmp eq i64 {{%\S+}}, 16
// CHECK:       icmp eq i64 {{%\S+}}, %panels
// CHECK:       icmp eq i64 {{%\S+}}, %rows
// CHECK-LABEL: define internal void @kernel1
// CHECK:       icmp eq i64 {{%\S+}}, 8
// CHECK-LABEL: define internal void @kernel2(ptr noalias nocapture readonly align 4 %p0, ptr noalias nocapture readonly align 4 %p1, ptr noalias nocapture align 4 %p2, ptr noalias nocapture readonly align 4 %p3, ptr noalias nocapture align 64 %work)
// CHECK:       [[DONE:%\S+]] = add nuw nsw i64 {{%\S+}}, 32
// CHECK-NEXT:  [[LAST:%\S+]] = icmp eq i64 [[DONE]], 64
// CHECK:       br i1 [[LAST]], label %[[THEN:\S+]], label
// CHECK:       [[THEN]]:
// CHECK-NEXT:  call void @kernel0(ptr {{%\S+}}, ptr {{%\S+}}, i64 4, i64 2)
// A shorter panel has room for more rows.
// CHECK:       call void @kernel1(ptr {{%\S+}}, ptr {{%\S+}}, i64 8, i64 1)
func.func @layer(%x: memref<64x64xf32>, %y: memref<64x40xf32>, %z: memref<64x40xf32>, %b: memref<40xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<64x64xf32>, memref<64x40xf32>) outs(%z : memref<64x40xf32>) attrs = {schedule = {kind = "outer", rows = 4 : i64, columns = 16 : i64, lanes = 8 : i64, depth = 32 : i64, width = 32 : i64, pack_rhs = 1 : i64}} {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %product = arith.mulf %d, %e : f32
    %sum = arith.addf %f, %product : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %b : memref<64x40xf32>, memref<40xf32>) outs(%z : memref<64x40xf32>) attrs = {schedule = {kind = "epilogue"}} {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}

func.func @apart(%x: memref<64x64xf32>, %y: memref<64x40xf32>, %z: memref<64x40xf32>, %b: memref<40xf32>) {
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<64x64xf32>, memref<64x40xf32>) outs(%z : memref<64x40xf32>) {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %product = arith.mulf %d, %e : f32
    %sum = arith.addf %f, %product : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %b : memref<64x40xf32>, memref<40xf32>) outs(%z : memref<64x40xf32>) attrs = {schedule = {kind = "epilogue"}} {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %z : memref<64x40xf32>, memref<64x40xf32>) outs(%y : memref<64x40xf32>) attrs = {schedule = {kind = "epilogue"}} {
  ^bb0(%d: f32, %e: f32, %f: f32):
    %sum = arith.addf %d, %e : f32
    linalg.yield %sum : f32
  }
  func.return
}
