// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: folding an attribute would run Python
func.func @set() -> !pyobj.object {
  %f = pyobj.lambda () {
    %one = pyobj.constant 1
    pyobj.give %one
  }
  %x = pyobj.constant 1
  pyobj.setattr %x, %f, "__doc__"
  pyobj.return
}
