// RUN: foldaway-opt -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @choose
// CHECK-NEXT: pyobj.return %{{.*}}
// CHECK-NOT: graph.neg
func.func @choose(%x : tensor<3xf32>) -> !pyobj.object {
  %true = pyobj.constant True
  pyobj.if %true {
    pyobj.return %x
  } else {
    %y = graph.neg %x : tensor<3xf32>
    pyobj.return %y
  }
  pyobj.return %x
}
