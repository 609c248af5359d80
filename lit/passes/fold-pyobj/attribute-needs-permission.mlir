// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: folding an attribute would run Python
func.func @attribute() -> !pyobj.object {
  %x = pyobj.constant ""
  %class = pyobj.getattr %x, "__class__"
  pyobj.return %class
}
