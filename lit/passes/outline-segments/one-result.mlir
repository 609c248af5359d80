// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// CHECK: func.func @f([[X:%.*]]: tensor<3xf32>) -> !pyobj.object {
// CHECK-NEXT: [[S:%.*]] = pyobj.segment @f_segment0
// CHECK-NEXT: [[Y:%.*]] = pyobj.call [[S]]([[X]])
// CHECK-NEXT: pyobj.return [[Y]]
// CHECK: func.func private @f_segment0([[A:%.*]]: tensor<3xf32>) -> tensor<3xf32> {
// CHECK-NEXT: [[B:%.*]] = graph.neg [[A]]
// CHECK-NEXT: func.return [[B]]
func.func @f(%x : tensor<3xf32>) -> tensor<3xf32> {
  %y = graph.neg %x : tensor<3xf32>
  pyobj.return %y
}
