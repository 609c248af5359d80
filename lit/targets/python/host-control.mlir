// RUN: foldaway-opt %s -p outline-segments -t python | filecheck %s

// CHECK: # segment f_segment3(c: tensor<i1>)
// CHECK-NEXT: def f(x, c):
// CHECK-NEXT: if _runtime_truth(c):
// CHECK-NEXT: raise _runtime_exception('ValueError', 'no')
// CHECK-NEXT: _t1 = f_segment0(x)
// CHECK-NEXT: _v1 = x
// CHECK-NEXT: _v2 = _t1
// CHECK-NEXT: del _t1
// CHECK-NEXT: while _runtime_truth(f_segment1(_v1)):
// CHECK-NEXT: _runtime_print('stdout', 'str', ('', '\n'), _v2)
// CHECK-NEXT: _t2 = _v2
// CHECK-NEXT: _t3 = _v1
// CHECK-NEXT: _v1 = _t2
// CHECK-NEXT: del _t2
// CHECK-NEXT: _v2 = _t3
// CHECK-NEXT: del _t3
// CHECK-NEXT: _v3 = _v1
// CHECK-NEXT: for _t4 in _runtime_indices(0, 1, 3):
// CHECK-NEXT: _t5 = f_segment2(_v3, _t4)
// CHECK-NEXT: _runtime_print('stdout', 'str', ('', '\n'), _t4)
// CHECK-NEXT: del _t4
// CHECK-NEXT: _v3 = _t5
// CHECK-NEXT: del _t5
// CHECK-NEXT: f_segment3(c)
// CHECK-NEXT: return _v3
func.func @f(%x : tensor<i64>, %c : tensor<i1>) -> !pyobj.object {
  graph.if %c {
    %make = pyobj.runtime "exception"
    %kind = pyobj.constant "ValueError"
    %text = pyobj.constant "no"
    %error = pyobj.call %make(%kind, %text)
    pyobj.raise %error
  } else {
    graph.give
  }
  %y = graph.neg %x : tensor<i64>
  %r, %s = graph.while(%x, %y) : (tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
  ^condition(%p : tensor<i64>, %q : tensor<i64>):
    %zero = graph.constant dense<0> : tensor<i64>
    %less = graph.compare "lt" %p, %zero : tensor<i64> -> tensor<i1>
    graph.give %less : tensor<i1>
  } do {
  ^body(%p : tensor<i64>, %q : tensor<i64>):
    graph.print "stdout" "str" ["", "\n"] %q : tensor<i64>
    graph.give %q, %p : tensor<i64>, tensor<i64>
  }
  %sum = graph.for 0 step 1 count 3(%r) : (tensor<i64>) -> tensor<i64> {
  ^body(%i : tensor<i64>, %t : tensor<i64>):
    %next = graph.add %t, %i : tensor<i64>
    graph.print "stdout" "str" ["", "\n"] %i : tensor<i64>
    graph.give %next : tensor<i64>
  }
  graph.assert %c "ValueError" "no"
  pyobj.return %sum
}
