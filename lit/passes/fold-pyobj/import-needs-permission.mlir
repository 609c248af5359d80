// RUN: not foldaway-opt -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: folding an import would run Python
// CHECK: hint: allow it with --allow-python
func.func @pi() -> !pyobj.object {
  %math = pyobj.import_module "math"
  pyobj.return %math
}
