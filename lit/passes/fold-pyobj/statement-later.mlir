// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// What stands only in host programs is not folded again.
// CHECK: 'segment' can't be compiled yet
func.func @host() -> !pyobj.object {
  %segment = pyobj.segment @segment0
  pyobj.return %segment
}
