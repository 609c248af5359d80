// RUN: not foldaway-opt %s -t cpu 2>&1 | filecheck %s
// RUN: not foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers -t cpu 2>&1 | filecheck %s

// CHECK: error: the program raised ZeroDivisionError: float division by zero
func.func @f(%x: tensor<f64>) -> tensor<f64> {
  %zero = graph.constant dense<0.0> : tensor<f64>
  %differs = graph.compare "ne" %zero, %zero : tensor<f64> -> tensor<i1>
  graph.assert %differs "ZeroDivisionError" "float division by zero"
  %r = graph.div %x, %zero : tensor<f64>
  func.return %r : tensor<f64>
}
