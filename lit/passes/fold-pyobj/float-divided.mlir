// RUN: foldaway-opt --allow-python -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @inverse
// CHECK: [[X:%.*]] = graph.convert %argument : tensor<f32> -> tensor<f64>
// CHECK: [[OK:%.*]] = graph.compare "ne" [[X]]
// CHECK-NEXT: graph.assert [[OK]] "ZeroDivisionError" "float division by zero"
// CHECK: graph.div %{{.*}}, [[X]] : tensor<f64>
func.func @inverse(%x : tensor<f32>) -> !pyobj.object {
  %float = pyobj.load "float"
  %n = pyobj.call %float(%x)
  %one = pyobj.constant 1
  %y = pyobj.binary "/" %one, %n
  pyobj.return %y
}
