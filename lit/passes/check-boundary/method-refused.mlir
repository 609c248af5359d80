// RUN: not foldaway-opt -p check-boundary %s 2>&1 | filecheck %s

// CHECK: user.py:7: error: 'getattr' would need the Python interpreter at run time
func.func @method(%items : !pyobj.object) -> !pyobj.object {
  %sort = pyobj.getattr %items, "sort" loc("user.py":7:5)
  %none = pyobj.call %sort()
  pyobj.return %none
}
