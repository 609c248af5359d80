// RUN: not foldaway-opt --allow-python -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: module 'math' has no attribute 'pie'
func.func @pie() -> !pyobj.object {
  %math = pyobj.import_module "math"
  %pie = pyobj.getattr %math, "pie"
  pyobj.return %pie
}
