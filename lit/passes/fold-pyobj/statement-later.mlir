// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: 'class' can't be compiled yet
func.func @define() -> !pyobj.object {
  pyobj.class "C"() {
    pyobj.pass
  }
  pyobj.return
}
