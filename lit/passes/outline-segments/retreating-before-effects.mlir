// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// What sends the call to Python does so before effects: these would happen twice.

// CHECK: func.func @f
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[M:%.*]] = pyobj.call %{{.*}}(%c, %n)
// CHECK-NEXT: pyobj.setattr %n, %o, "n"
// CHECK-NEXT: pyobj.segment @f_segment1
// CHECK-NEXT: pyobj.call %{{.*}}(%c)
// CHECK-NEXT: pyobj.return [[M]]
// CHECK: func.func private @f_segment0
// CHECK-NEXT: graph.assert %{{.*}} "ValueError" "first"
// CHECK-NEXT: graph.neg
// CHECK-NEXT: graph.compare
// CHECK-NEXT: graph.assert %{{.*}} "Retreat" "an int is beyond 64 bits"
// CHECK-NEXT: func.return
// CHECK: func.func private @f_segment1
// CHECK-NEXT: graph.assert %{{.*}} "ValueError" "last"
func.func @f(%n : tensor<i64>, %c : tensor<i1>, %o : !pyobj.object) -> !pyobj.object {
  graph.assert %c "ValueError" "first"
  pyobj.setattr %n, %o, "n"
  graph.assert %c "ValueError" "last"
  %m = graph.neg %n : tensor<i64>
  %fits = graph.compare "ne" %m, %n : tensor<i64> -> tensor<i1>
  graph.assert %fits "Retreat" "an int is beyond 64 bits"
  pyobj.return %m
}

// After a branch whose effects are on a way that returns, there were none.

// CHECK: func.func @g
// CHECK-NEXT: pyobj.runtime "truth"
// CHECK-NEXT: pyobj.call
// CHECK-NEXT: pyobj.if %{{.*}} {
// CHECK-NEXT: pyobj.setattr
// CHECK-NEXT: pyobj.return
// CHECK-NEXT: }
// CHECK-NEXT: pyobj.segment @g_segment0
// CHECK-NEXT: pyobj.call %{{.*}}(%n)
// CHECK-NEXT: pyobj.setattr
// CHECK-NEXT: pyobj.return
func.func @g(%n : tensor<i64>, %c : tensor<i1>, %o : !pyobj.object) -> !pyobj.object {
  graph.if %c {
    pyobj.setattr %n, %o, "n"
    pyobj.return %n
  } else {
    graph.give
  }
  pyobj.setattr %n, %o, "n"
  %m = graph.neg %n : tensor<i64>
  %fits = graph.compare "ne" %m, %n : tensor<i64> -> tensor<i1>
  graph.assert %fits "Retreat" "an int is beyond 64 bits"
  pyobj.return %m
}

// After one that may leave effects behind, it is too late.

// CHECK: func.func @h
// CHECK-NEXT: pyobj.segment @h_segment0
// CHECK-NEXT: pyobj.call %{{.*}}(%n)
// CHECK: pyobj.if
func.func @h(%n : tensor<i64>, %c : tensor<i1>, %o : !pyobj.object) -> !pyobj.object {
  graph.if %c {
    pyobj.setattr %n, %o, "n"
    graph.give
  } else {
    pyobj.return %n
  }
  %m = graph.neg %n : tensor<i64>
  %fits = graph.compare "ne" %m, %n : tensor<i64> -> tensor<i1>
  graph.assert %fits "Retreat" "an int is beyond 64 bits"
  pyobj.return %m
}
