// RUN: foldaway-opt -t llvm %s | filecheck %s

// What is cleared only for a product isn't; its first sums are stored, others added to them.
// CHECK-LABEL: define i32 @product
// CHECK:       call void @kernel0(ptr %a0, ptr %a1, ptr %a2)
// CHECK-NEXT:  ret i32 0
// CHECK:       [[FIRST:%\S+]] = icmp eq i64 {{%\S+}}, 0
// CHECK:       br i1 [[FIRST]], label %[[STORE:\S+]], label %[[ADD:\S+]]
// CHECK:       [[STORE]]:
// CHECK-NEXT:  store <8 x float>
// CHECK:       [[ADD]]:
// CHECK-NEXT:  load <8 x float>
// CHECK-NEXT:  fadd <8 x float>
func.func @product(%x: memref<16x64xf32>, %y: memref<64x8xf32>, %z: memref<16x8xf32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } outs(%z : memref<16x8xf32>) {
  ^bb0(%c: f32):
    %zero = arith.constant 0.0 : f32
    linalg.yield %zero : f32
  }
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x, %y : memref<16x64xf32>, memref<64x8xf32>) outs(%z : memref<16x8xf32>)
  attrs = {schedule = {kind = "outer", rows = 4 : i64, columns = 8 : i64, lanes = 8 : i64, depth = 32 : i64, width = 8 : i64}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %product = arith.mulf %a, %b : f32
    %sum = arith.addf %c, %product : f32
    linalg.yield %sum : f32
  }
  func.return
}
