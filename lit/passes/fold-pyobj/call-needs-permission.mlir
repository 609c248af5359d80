// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: folding a call would run Python
func.func @call() -> !pyobj.object {
  %abs = pyobj.load "abs"
  %x = pyobj.constant -1
  %y = pyobj.call %abs(%x)
  pyobj.return %y
}
