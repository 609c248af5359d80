// RUN: not foldaway-opt %s -p fold-pyobj 2>&1 | filecheck %s

// CHECK: error: folding an import would run Python
// CHECK-NEXT: hint: allow it with --allow-python
func.func @f() -> !pyobj.object {
  %os = pyobj.import_module "os"
  pyobj.return %os
}
