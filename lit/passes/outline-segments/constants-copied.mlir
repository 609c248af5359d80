// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// Each segment has the constants that it uses; none is an argument.

// CHECK: func.func @f
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[Y:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK: pyobj.segment @f_segment1
// CHECK-NEXT: [[Z:%.*]] = pyobj.call %{{.*}}(%c, [[Y]])
// CHECK: func.func private @f_segment0
// CHECK-NEXT: graph.constant dense<1.0{{.*}}>
// CHECK-NEXT: graph.add
// CHECK-NEXT: func.return
// CHECK: func.func private @f_segment1
// CHECK-NEXT: graph.constant dense<1.0{{.*}}>
// CHECK-NEXT: graph.assert
// CHECK-NEXT: graph.sub
// CHECK-NEXT: func.return
func.func @f(%x : tensor<f32>, %c : tensor<i1>) -> !pyobj.object {
  %one = graph.constant dense<1.0> : tensor<f32>
  %y = graph.add %x, %one : tensor<f32>
  graph.print "stdout" "str" ["", "\n"] %y : tensor<f32>
  graph.assert %c "ValueError" "no"
  %z = graph.sub %y, %one : tensor<f32>
  pyobj.return %z
}
