// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: graph.add
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = graph.add %x, %x : tensor<3xf32>
  %n = pyobj.constant #pyobj.literal<1>
  func.return %y : tensor<3xf32>
}
