// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// After a side that is left, the other one needs no `else`; nothing after it is computed before.

// CHECK: func.func @f
// CHECK-NEXT: pyobj.runtime "truth"
// CHECK-NEXT: [[C:%.*]] = pyobj.call %{{.*}}(%c)
// CHECK-NEXT: pyobj.if [[C]] {
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[A:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK-NEXT: pyobj.return [[A]]
// CHECK-NEXT: }
// CHECK-NEXT: pyobj.segment @f_segment1
// CHECK-NEXT: [[S:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK-NEXT: pyobj.runtime "truth"
// CHECK-NEXT: [[D:%.*]] = pyobj.call %{{.*}}(%d)
// CHECK-NEXT: [[N:%.*]] = pyobj.unary "not" [[D]]
// CHECK-NEXT: pyobj.if [[N]] {
// CHECK-NEXT: pyobj.return [[S]]
// CHECK-NEXT: }
// CHECK-NEXT: pyobj.segment @f_segment2
// CHECK-NEXT: [[R:%.*]] = pyobj.call %{{.*}}([[S]])
// CHECK-NEXT: pyobj.return [[R]]
func.func @f(%x : tensor<3xf32>, %c : tensor<i1>, %d : tensor<i1>) -> !pyobj.object {
  graph.if %c {
    %a = graph.neg %x : tensor<3xf32>
    pyobj.return %a
  } else {
    graph.give
  }
  %s = graph.exp %x : tensor<3xf32>
  %e = graph.if %d -> tensor<3xf32> {
    %t = graph.sin %s : tensor<3xf32>
    graph.give %t : tensor<3xf32>
  } else {
    pyobj.return %s
  }
  pyobj.return %e
}

// Both sides of the last branch are left, and both of the branch in it.

// CHECK: func.func @g
// CHECK: pyobj.if %{{.*}} {
// CHECK: pyobj.if %{{.*}} {
// CHECK-NEXT: pyobj.return %x
// CHECK-NEXT: }
// CHECK-NEXT: pyobj.return %y
// CHECK-NEXT: }
// CHECK-NEXT: pyobj.constant "ValueError"
// CHECK-NEXT: pyobj.constant "no"
// CHECK-NEXT: pyobj.runtime "exception"
// CHECK-NEXT: [[E:%.*]] = pyobj.call
// CHECK-NEXT: pyobj.raise [[E]]
func.func @g(%x : tensor<3xf32>, %y : tensor<3xf32>, %c : tensor<i1>) -> !pyobj.object {
  graph.if %c {
    graph.if %c {
      pyobj.return %x
    } else {
      pyobj.return %y
    }
  } else {
    graph.raise "ValueError" "no"
  }
}
