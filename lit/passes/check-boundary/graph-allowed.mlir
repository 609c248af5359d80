// RUN: foldaway-opt -p check-boundary %s | filecheck %s

// CHECK: pyobj.return
func.func @pair(%x : tensor<3xf32>) -> !pyobj.object {
  %y = graph.neg %x : tensor<3xf32>
  %n = pyobj.constant 1
  %pair = pyobj.tuple (%y, %n)
  pyobj.return %pair
}
