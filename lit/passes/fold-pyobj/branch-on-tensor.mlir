// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: the branch depends on the data of a tensor that exists only at run time
// CHECK: hint: choose between values with where(condition, a, b)
func.func @choose(%x : tensor<i1>) -> !pyobj.object {
  pyobj.if %x {
    pyobj.return %x
  }
  pyobj.return %x
}
