// RUN: not foldaway-opt %s -t python 2>&1 | filecheck %s

// CHECK: graph.neg: error: 'graph.neg' has no form in Python
// CHECK-NEXT: hint: run outline-segments first
func.func @f(%x: tensor<3xf32>) -> !pyobj.object {
  %y = graph.neg %x : tensor<3xf32>
  %pair = pyobj.tuple (%y, %y)
  pyobj.return %pair
}
