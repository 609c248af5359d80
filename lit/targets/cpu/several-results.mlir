// RUN: foldaway-opt -t cpu %s | filecheck %s

// CHECK:      float32 2x2: {{\[\[}}1.5, 1.5], [1.5, 1.5]]
// CHECK-NEXT: bool scalar: True
func.func @constants(%x: memref<2x2xf32>, %y: memref<i1>) {
  linalg.generic {
    indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]
  } outs(%x : memref<2x2xf32>) {
  ^bb0(%a: f32):
    %c = arith.constant 1.5 : f32
    linalg.yield %c : f32
  }
  linalg.generic {indexing_maps = [affine_map<() -> ()>], iterator_types = []
  } outs(%y : memref<i1>) {
  ^bb0(%b: i1):
    %t = arith.constant true
    linalg.yield %t : i1
  }
  func.return
}
