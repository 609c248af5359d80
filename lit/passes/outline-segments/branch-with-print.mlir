// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// What is used within a side only is computed there; its value is in a variable afterwards.

// CHECK: func.func @f(%x: tensor<3xf32>, [[C:%.*]]: tensor<i1>)
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[Y:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK-NEXT: pyobj.runtime "truth"
// CHECK-NEXT: [[B:%.*]] = pyobj.call %{{.*}}([[C]])
// CHECK-NEXT: pyobj.if [[B]] {
// CHECK-NEXT: pyobj.segment @f_segment1
// CHECK-NEXT: [[Z:%.*]] = pyobj.call %{{.*}}([[Y]])
// CHECK-NEXT: pyobj.runtime "print"
// CHECK: pyobj.store "_v1", [[Z]]
// CHECK-NEXT: } else {
// CHECK-NEXT: pyobj.store "_v1", [[Y]]
// CHECK-NEXT: }
// CHECK-NEXT: [[R:%.*]] = pyobj.load "_v1"
// CHECK-NEXT: pyobj.segment @f_segment2
// CHECK-NEXT: [[S:%.*]] = pyobj.call %{{.*}}([[R]], [[Y]])
// CHECK-NEXT: pyobj.return [[S]]
// CHECK: func.func private @f_segment0
// CHECK-NEXT: graph.neg
// CHECK: func.func private @f_segment1
// CHECK-NEXT: graph.exp
// CHECK: func.func private @f_segment2
// CHECK-NEXT: graph.add
func.func @f(%x : tensor<3xf32>, %c : tensor<i1>) -> !pyobj.object {
  %y = graph.neg %x : tensor<3xf32>
  %r = graph.if %c -> tensor<3xf32> {
    graph.print "stdout" "str" ["y: ", "\n"] %y : tensor<3xf32>
    %z = graph.exp %y : tensor<3xf32>
    graph.give %z : tensor<3xf32>
  } else {
    graph.give %y : tensor<3xf32>
  }
  %s = graph.add %r, %y : tensor<3xf32>
  pyobj.return %s
}
