// RUN: foldaway-opt %s -p canonicalize,cse,lower-graph-to-linalg | filecheck %s

// Nothing uses an assertion, and two are not one; both stay.
// CHECK:      [[A:%\S+]] = tensor.extract %c[] : tensor<i1>
// CHECK-NEXT: cf.assert [[A]], "ValueError: no: such"
// CHECK-NEXT: [[B:%\S+]] = tensor.extract %c[] : tensor<i1>
// CHECK-NEXT: cf.assert [[B]], "KeyError: "
// CHECK-NEXT: func.return
func.func @f(%c: tensor<i1>) {
  graph.assert %c "ValueError" "no: such"
  graph.assert %c "KeyError" ""
  func.return
}
