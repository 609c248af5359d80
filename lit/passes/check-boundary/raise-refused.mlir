// RUN: not foldaway-opt -p check-boundary %s 2>&1 | filecheck %s

// Who raises a class calls it, and that may be code of the user.

// CHECK: user.py:8: error: 'raise' would need the Python interpreter at run time
func.func @raise(%kind : !pyobj.object) -> !pyobj.object {
  pyobj.raise %kind loc("user.py":8:5)
}
