// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// A branch with nothing for the host is an op like others; one that may raise is never dropped.

// CHECK: func.func @f
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[R:%.*]] = pyobj.call %{{.*}}(%c, %x)
// CHECK-NEXT: pyobj.return [[R]]
// CHECK: func.func private @f_segment0([[C:%.*]]: tensor<i1>, [[X:%.*]]: tensor<3xf32>) -> tensor<3xf32> {
// CHECK-NEXT: graph.if [[C]] {
// CHECK-NEXT: graph.raise "ValueError" "no"
// CHECK: [[S:%.*]] = graph.if [[C]] -> tensor<3xf32>
// CHECK-NEXT: graph.neg [[X]]
// CHECK: func.return [[S]]
func.func @f(%x : tensor<3xf32>, %c : tensor<i1>) -> !pyobj.object {
  graph.if %c {
    graph.raise "ValueError" "no"
  } else {
    graph.give
  }
  %unused = graph.if %c -> tensor<3xf32> {
    graph.give %x : tensor<3xf32>
  } else {
    graph.give %x : tensor<3xf32>
  }
  %r = graph.if %c -> tensor<3xf32> {
    %y = graph.neg %x : tensor<3xf32>
    graph.give %y : tensor<3xf32>
  } else {
    graph.give %x : tensor<3xf32>
  }
  pyobj.return %r
}
