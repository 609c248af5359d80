// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: the parameter 'argument 0' can't be folded: memref<3xf32> is not a tensor type
func.func @f(%x : memref<3xf32>) {
  func.return
}
