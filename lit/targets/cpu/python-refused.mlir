// RUN: not foldaway-opt %s -t cpu 2>&1 | filecheck %s

// CHECK: error: 'import module' would need the Python interpreter at run time
func.func @f() -> !pyobj.object {
  %os = pyobj.import_module "os"
  pyobj.return %os
}
