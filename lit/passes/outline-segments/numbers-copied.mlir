// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// Each segment broadcasts a number for itself; no tensor of one number is handed on.

// CHECK: func.func @f
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[Y:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK: pyobj.segment @f_segment1
// CHECK-NEXT: [[Z:%.*]] = pyobj.call %{{.*}}(%c, [[Y]])
// CHECK: func.func private @f_segment0
// CHECK-NEXT: [[A:%.*]] = graph.constant dense<1.0{{.*}}>
// CHECK-NEXT: [[B:%.*]] = graph.broadcast [[A]]
// CHECK-NEXT: graph.add %{{.*}}, [[B]]
// CHECK-NEXT: func.return
// CHECK: func.func private @f_segment1
// CHECK-NEXT: [[A:%.*]] = graph.constant dense<1.0{{.*}}>
// CHECK-NEXT: [[B:%.*]] = graph.broadcast [[A]]
// CHECK-NEXT: graph.assert
// CHECK-NEXT: graph.sub %{{.*}}, [[B]]
// CHECK-NEXT: func.return
func.func @f(%x : tensor<3xf32>, %c : tensor<i1>) -> !pyobj.object {
  %number = graph.constant dense<1.0> : tensor<f32>
  %one = graph.broadcast %number, dimensions = [] : tensor<f32> -> tensor<3xf32>
  %y = graph.add %x, %one : tensor<3xf32>
  graph.print "stdout" "str" ["", "\n"] %y : tensor<3xf32>
  graph.assert %c "ValueError" "no"
  %z = graph.sub %y, %one : tensor<3xf32>
  pyobj.return %z
}
