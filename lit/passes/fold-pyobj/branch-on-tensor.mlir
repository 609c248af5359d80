// RUN: foldaway-opt -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @choose
// CHECK: graph.if %{{.*}} -> tensor<i1>, tensor<i1>, tensor<i1> {
// CHECK: graph.give
// CHECK: } else {
// CHECK: graph.give
func.func @choose(%x : tensor<i1>, %y : tensor<i1>) -> !pyobj.object {
  pyobj.if %x {
    pyobj.store "z", %y
  } else {
    pyobj.store "z", %x
  }
  %z = pyobj.load "z"
  pyobj.return %z
}
