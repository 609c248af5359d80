// RUN: not foldaway-opt -p check-boundary %s 2>&1 | filecheck %s

// CHECK: user.py:12: error: 'load' would need the Python interpreter at run time
func.func @branch(%c : tensor<i1>) -> !pyobj.object {
  graph.if %c {
    %name = pyobj.load "name" loc("user.py":12:5)
    pyobj.return %name
  } else {
    graph.give
  }
  %none = pyobj.constant None
  pyobj.return %none
}
