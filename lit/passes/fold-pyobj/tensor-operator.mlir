// RUN: foldaway-opt -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @double
// CHECK: [[TWO:%.*]] = graph.broadcast
// CHECK-NEXT: [[Y:%.*]] = graph.mul %{{.*}}, [[TWO]] : tensor<3xf32>
// CHECK-NEXT: pyobj.return [[Y]]
func.func @double(%x : tensor<3xf32>) -> !pyobj.object {
  %two = pyobj.constant 2
  %y = pyobj.binary "*" %x, %two
  pyobj.return %y
}
