// RUN: foldaway-opt %s -t cpu | filecheck %s
// RUN: foldaway-opt %s -p canonicalize,cse,lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers -t cpu | filecheck %s

// The Fibonacci numbers up to a limit, the sum 3 + 1 - 1 - 3, and a branch on it.
// CHECK: int64 scalar: 89
// CHECK: int64 scalar: 144
// CHECK: int64 scalar: 0
// CHECK: float32 2: [1.0, 1.0]
func.func @f() -> (tensor<i64>, tensor<i64>, tensor<i64>, tensor<2xf32>) {
  %zero = graph.constant dense<0> : tensor<i64>
  %one = graph.constant dense<1> : tensor<i64>
  %limit = graph.constant dense<100> : tensor<i64>
  %a, %b = graph.while(%zero, %one) : (tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
  ^condition(%x: tensor<i64>, %y: tensor<i64>):
    %less = graph.compare "lt" %y, %limit : tensor<i64> -> tensor<i1>
    graph.give %less : tensor<i1>
  } do {
  ^body(%x: tensor<i64>, %y: tensor<i64>):
    %z = graph.add %x, %y : tensor<i64>
    graph.give %y, %z : tensor<i64>, tensor<i64>
  }
  %sum = graph.for 3 step -2 count 4(%zero) : (tensor<i64>) -> tensor<i64> {
  ^body(%i: tensor<i64>, %s: tensor<i64>):
    %next = graph.add %s, %i : tensor<i64>
    graph.give %next : tensor<i64>
  }
  %is_zero = graph.compare "eq" %sum, %zero : tensor<i64> -> tensor<i1>
  %ones = graph.constant dense<1.0> : tensor<2xf32>
  %r = graph.if %is_zero -> tensor<2xf32> {
    graph.give %ones : tensor<2xf32>
  } else {
    graph.raise "ValueError" "the sum is 0"
  }
  func.return %a, %b, %sum, %r : tensor<i64>, tensor<i64>, tensor<i64>, tensor<2xf32>
}
