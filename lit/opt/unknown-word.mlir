// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: unknown-word.mlir: error: not valid IR: ValueError: 'diagonal' is not a valid IteratorType
func.func @f(%x: memref<2xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["diagonal"]}
    outs(%x : memref<2xf32>) {
  ^bb0(%a: f32):
    linalg.yield %a : f32
  }
  func.return
}
