// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: arith.cmpi slt
// CHECK: arith.cmpi ult
func.func @f(%x: tensor<3xi8>, %y: tensor<3xui8>) -> (tensor<3xi1>, tensor<3xi1>) {
  %a = graph.compare "lt" %x, %x : tensor<3xi8> -> tensor<3xi1>
  %b = graph.compare "lt" %y, %y : tensor<3xui8> -> tensor<3xi1>
  func.return %a, %b : tensor<3xi1>, tensor<3xi1>
}
