// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: folding a class statement would run Python
func.func @define() -> !pyobj.object {
  pyobj.class "C"() {
    pyobj.pass
  }
  pyobj.return
}
