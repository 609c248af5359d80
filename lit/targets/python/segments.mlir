// RUN: foldaway-opt %s -t python | filecheck %s

// CHECK: # segment f_segment0(x: tensor<3xf32>) -> tensor<3xf32>
// CHECK-NEXT: def f(x):
// CHECK-NEXT: return (f_segment0(x), 'text')
func.func @f(%x: tensor<3xf32>) -> !pyobj.object {
  %segment = pyobj.segment @f_segment0
  %y = pyobj.call %segment(%x)
  %text = pyobj.constant "text"
  %pair = pyobj.tuple (%y, %text)
  pyobj.return %pair
}
func.func private @f_segment0(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = graph.neg %x : tensor<3xf32>
  func.return %y : tensor<3xf32>
}
