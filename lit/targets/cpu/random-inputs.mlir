// RUN: foldaway-opt -t cpu{seed=1} %s | filecheck %s

// CHECK: int32 4: [4, 4, 4, 4]
func.func @invert(%x: memref<4xi32>, %y: memref<4xi32>) {
  linalg.generic {
    indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]
  } ins(%x : memref<4xi32>) outs(%y : memref<4xi32>) {
  ^bb0(%a: i32, %b: i32):
    %zero = arith.subi %a, %a : i32
    %four = arith.constant 4 : i32
    %sum = arith.addi %zero, %four : i32
    linalg.yield %sum : i32
  }
  func.return
}
