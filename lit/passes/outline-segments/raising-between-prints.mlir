// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// What may raise runs after the effects before it, and before those after it; what can't waits for
// it, or runs before, as its users need.

// CHECK: func.func @f
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[Y:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK: pyobj.constant ("y: ", "\0A")
// CHECK-NEXT: pyobj.call %{{.*}}, [[Y]])
// CHECK-NEXT: pyobj.segment @f_segment1
// CHECK-NEXT: [[W:%.*]] = pyobj.call %{{.*}}(%c, [[Y]])
// CHECK: pyobj.constant ("no: ", "\0A")
// CHECK: pyobj.constant ("w: ", "\0A")
// CHECK-NEXT: pyobj.call %{{.*}}, [[W]])
// CHECK-NEXT: pyobj.return [[W]]
// CHECK: func.func private @f_segment0
// CHECK-NEXT: graph.neg
// CHECK-NEXT: func.return
// CHECK: func.func private @f_segment1([[C:%.*]]: tensor<i1>
// CHECK-NEXT: graph.assert [[C]]
// CHECK-NEXT: graph.exp
// CHECK-NEXT: graph.sin
// CHECK-NEXT: func.return
func.func @f(%x : tensor<3xf32>, %c : tensor<i1>) -> !pyobj.object {
  %y = graph.neg %x : tensor<3xf32>
  graph.print "stdout" "str" ["y: ", "\n"] %y : tensor<3xf32>
  graph.assert %c "ValueError" "no"
  %z = graph.exp %y : tensor<3xf32>
  graph.print "stdout" "str" ["no: ", "\n"] %y : tensor<3xf32>
  %w = graph.sin %z : tensor<3xf32>
  graph.print "stdout" "str" ["w: ", "\n"] %w : tensor<3xf32>
  pyobj.return %w
}

// What makes objects is no effect; a loop that may not end is kept in its place as if it raised.

// CHECK: func.func @g
// CHECK-NEXT: pyobj.segment @g_segment0
// CHECK-NEXT: pyobj.call
// CHECK-NEXT: pyobj.runtime "int"
// CHECK-NEXT: pyobj.call
// CHECK: pyobj.setattr
// CHECK-NEXT: pyobj.segment @g_segment1
// CHECK-NEXT: pyobj.call %{{.*}}(%x, %c)
// CHECK-NEXT: pyobj.return
// CHECK: func.func private @g_segment0
// CHECK-NEXT: graph.neg
// CHECK-NEXT: graph.assert
// CHECK-NEXT: func.return
// CHECK: func.func private @g_segment1
// CHECK-NEXT: graph.while
func.func @g(%x : tensor<i64>, %c : tensor<i1>, %o : !pyobj.object) -> !pyobj.object {
  %y = graph.neg %x : tensor<i64>
  %int = pyobj.runtime "int"
  %n = pyobj.call %int(%y)
  graph.assert %c "ValueError" "no"
  pyobj.setattr %n, %o, "n"
  %unused = graph.while(%x) : (tensor<i64>) -> tensor<i64> {
  ^condition(%i : tensor<i64>):
    graph.give %c : tensor<i1>
  } do {
  ^body(%i : tensor<i64>):
    graph.give %i : tensor<i64>
  }
  pyobj.return %n
}
