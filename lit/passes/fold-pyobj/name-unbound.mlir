// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: UnboundLocalError: cannot access local variable 'x'
func.func @unbound() -> !pyobj.object {
  %x = pyobj.load "x"
  pyobj.store "x", %x
  pyobj.return %x
}
