// RUN: foldaway-opt -p check-boundary %s | filecheck %s

// CHECK: graph.if
// CHECK: pyobj.setattr
// CHECK: pyobj.raise
// CHECK: graph.for
// CHECK: graph.print
// CHECK: pyobj.return
// CHECK: pyobj.return
func.func @branches(%x : tensor<3xf32>, %c : tensor<i1>, %owner : !pyobj.object) -> !pyobj.object {
  graph.if %c {
    pyobj.setattr %x, %owner, "x"
    %make = pyobj.runtime "exception"
    %kind = pyobj.constant "ValueError"
    %error = pyobj.call %make(%kind)
    pyobj.raise %error
  } else {
    graph.give
  }
  graph.for 0 step 1 count 3() : () {
  ^body(%i : tensor<i64>):
    graph.print "stdout" "str" ["", "\n"] %i : tensor<i64>
    graph.if %c {
      pyobj.return %x
    } else {
      graph.raise "ValueError" "no"
    }
  }
  pyobj.return %x
}
