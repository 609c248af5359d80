// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK:      [[C:%\S+]] = tensor.extract %c[] : tensor<i1>
// CHECK-NEXT: %y = scf.if [[C]] -> (tensor<3xi16>) {
// CHECK-NEXT:   scf.yield %x : tensor<3xi16>
// CHECK-NEXT: } else {
// CHECK-NEXT:   %z = arith.muli %x, %x : tensor<3xi16>
// CHECK-NEXT:   scf.yield %z : tensor<3xi16>
// CHECK-NEXT: }
// CHECK-NEXT: func.return %y : tensor<3xi16>
func.func @f(%x: tensor<3xui16>, %c: tensor<i1>) -> tensor<3xui16> {
  %y = graph.if %c -> tensor<3xui16> {
    graph.give %x : tensor<3xui16>
  } else {
    %z = graph.mul %x, %x : tensor<3xui16>
    graph.give %z : tensor<3xui16>
  }
  func.return %y : tensor<3xui16>
}
