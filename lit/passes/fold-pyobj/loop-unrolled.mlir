// RUN: foldaway-opt -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @negate_twice
// CHECK: [[A:%.*]] = graph.neg
// CHECK-NEXT: [[B:%.*]] = graph.neg [[A]]
// CHECK-NEXT: pyobj.return [[B]]
func.func @negate_twice(%x : tensor<3xf32>) -> !pyobj.object {
  pyobj.store "x", %x
  %items = pyobj.constant (1, 2)
  pyobj.for %item in %items {
    %old = pyobj.load "x"
    %new = pyobj.unary "-" %old
    pyobj.store "x", %new
  }
  %y = pyobj.load "x"
  pyobj.return %y
}
