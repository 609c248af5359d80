// RUN: not foldaway-opt -p check-boundary %s 2>&1 | filecheck %s

// CHECK: user.py:99: error: 'load' would need the Python interpreter at run time
// CHECK: hint: make it depend on what is known while compiling, or do it outside
func.func @escape() -> !pyobj.object {
  %name = pyobj.load "name" loc("user.py":99:5)
  pyobj.return %name
}
