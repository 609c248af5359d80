// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f(%x: tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: func.return %x : tensor<3xi8>
func.func @f(%x: tensor<3xi8>) -> tensor<3xui8> {
  %y = graph.convert %x : tensor<3xi8> -> tensor<3xui8>
  func.return %y : tensor<3xui8>
}
