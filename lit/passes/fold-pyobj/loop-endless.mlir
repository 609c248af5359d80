// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: loops run more than 100000 times while compiling
func.func @forever() -> !pyobj.object {
  pyobj.while {
    %true = pyobj.constant True
    pyobj.give %true
  } do {
    pyobj.pass
  }
  pyobj.return
}
