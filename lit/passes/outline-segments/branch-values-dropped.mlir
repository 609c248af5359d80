// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// Nothing is made of what a branch gives: neither is that computed, nor stored.

// CHECK: func.func @f
// CHECK: pyobj.if %{{.*}} {
// CHECK-NEXT: pyobj.setattr %x, %owner, "x"
// CHECK-NEXT: }
// CHECK-NEXT: pyobj.return %x
// CHECK-NOT: graph.
func.func @f(%x : tensor<3xf32>, %c : tensor<i1>, %owner : !pyobj.object) -> !pyobj.object {
  %y = graph.neg %x : tensor<3xf32>
  %unused = graph.if %c -> tensor<3xf32> {
    pyobj.setattr %x, %owner, "x"
    %z = graph.exp %y : tensor<3xf32>
    graph.give %z : tensor<3xf32>
  } else {
    graph.give %y : tensor<3xf32>
  }
  %more = graph.exp %unused : tensor<3xf32>
  pyobj.return %x
}

// An empty side is the `else`.

// CHECK: func.func @g
// CHECK: [[N:%.*]] = pyobj.unary "not"
// CHECK-NEXT: pyobj.if [[N]] {
// CHECK-NEXT: pyobj.setattr
// CHECK-NEXT: }
func.func @g(%x : tensor<3xf32>, %c : tensor<i1>, %owner : !pyobj.object) -> !pyobj.object {
  graph.if %c {
    graph.give
  } else {
    pyobj.setattr %x, %owner, "x"
    graph.give
  }
  pyobj.return %x
}
