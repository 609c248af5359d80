// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f(%x: tensor<3xi8>, %y: tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %z = arith.maxui %x, %y : tensor<3xi8>
func.func @f(%x: tensor<3xui8>, %y: tensor<3xui8>) -> tensor<3xui8> {
  %z = graph.maximum %x, %y : tensor<3xui8>
  func.return %z : tensor<3xui8>
}
