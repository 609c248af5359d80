// RUN: foldaway-opt -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @choose
// CHECK-NEXT: [[TWO:%.*]] = pyobj.constant 2
// CHECK-NEXT: pyobj.return [[TWO]]
func.func @choose() -> !pyobj.object {
  %subject = pyobj.constant (1, 2)
  pyobj.match %subject case "[1, second]" {
    %second = pyobj.load "second"
    pyobj.return %second
  } case "_" {
    pyobj.return
  }
  pyobj.return
}
