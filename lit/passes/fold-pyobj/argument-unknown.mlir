// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: the value of the parameter 'n' isn't known while compiling
func.func @unknown(%n : !pyobj.object) -> !pyobj.object {
  pyobj.store "n", %n
  pyobj.return %n
}
