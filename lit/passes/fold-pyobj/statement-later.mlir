// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: 'try' can't be compiled yet
func.func @attempt() -> !pyobj.object {
  pyobj.try {
    pyobj.pass
  } except {
    pyobj.pass
  }
  pyobj.return
}
