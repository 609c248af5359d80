// RUN: foldaway-opt --allow-python -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @next
// CHECK: [[SUM:%.*]] = graph.add %argument, [[ONE:%.*]] : tensor<i64>
// CHECK: [[LESS:%.*]] = graph.compare "lt" [[SUM]], %argument
// CHECK: graph.assert %{{.*}} "Retreat" "an int is beyond 64 bits"
func.func @next(%x : tensor<i64>) -> !pyobj.object {
  %int = pyobj.load "int"
  %n = pyobj.call %int(%x)
  %one = pyobj.constant 1
  %y = pyobj.binary "+" %n, %one
  pyobj.return %y
}
