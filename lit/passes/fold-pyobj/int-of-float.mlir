// RUN: foldaway-opt --allow-python -p fold-pyobj %s | filecheck %s

// CHECK-LABEL: @whole
// CHECK: [[X:%.*]] = graph.convert %argument : tensor<f32> -> tensor<f64>
// CHECK: [[SAME:%.*]] = graph.compare "eq" [[X]], [[X]]
// CHECK-NEXT: graph.assert [[SAME]] "ValueError" "cannot convert float NaN to integer"
// CHECK: graph.assert %{{.*}} "OverflowError" "cannot convert float infinity to integer"
// CHECK: graph.assert %{{.*}} "Retreat" "an int is beyond 64 bits"
// CHECK: [[N:%.*]] = graph.convert [[X]] : tensor<f64> -> tensor<i64>
// CHECK: [[INT:%.*]] = pyobj.runtime "int"
// CHECK: pyobj.call [[INT]]([[N]])
func.func @whole(%x : tensor<f32>) -> !pyobj.object {
  %int = pyobj.load "int"
  %n = pyobj.call %int(%x)
  pyobj.return %n
}
