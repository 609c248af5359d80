// RUN: foldaway-opt --allow-python -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @pi
// CHECK-NEXT: [[PI:%.*]] = pyobj.constant 3.14159{{.*}}
// CHECK-NEXT: pyobj.return [[PI]]
func.func @pi() -> !pyobj.object {
  %math = pyobj.import_module "math"
  %pi = pyobj.getattr %math, "pi"
  pyobj.return %pi
}
