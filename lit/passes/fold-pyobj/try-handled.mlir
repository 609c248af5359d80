// RUN: foldaway-opt -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @handled
// CHECK-NEXT: [[TEXT:%.*]] = pyobj.constant "caught"
// CHECK-NEXT: pyobj.return [[TEXT]]
func.func @handled() -> !pyobj.object {
  pyobj.try {
    %missing = pyobj.load "missing"
    pyobj.return %missing
  } except {
    %text = pyobj.constant "caught"
    pyobj.return %text
  }
  pyobj.return
}
