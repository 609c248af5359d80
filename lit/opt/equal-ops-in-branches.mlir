// RUN: foldaway-opt %s -p canonicalize,cse | filecheck %s

// No value is taken from a side that may not run, and what may raise or not end stays.
// CHECK:      %y = graph.if
// CHECK-NEXT:   %a = graph.mul
// CHECK-NEXT:   %b = graph.exp
// CHECK:      } else {
// CHECK-NEXT:   [[OTHER:%\S+]] = graph.exp
// CHECK-NEXT:   graph.give [[OTHER]]
// CHECK-NEXT: }
// CHECK-NEXT: [[AFTER:%\S+]] = graph.exp
// CHECK-NEXT: %q = graph.if
// CHECK-NEXT:   graph.assert %d "ValueError" "x"
// CHECK:      %w = graph.if
// CHECK-NEXT:   graph.raise "ValueError" "y"
// CHECK:      %w2 = graph.if
// CHECK-NEXT:   graph.raise "ValueError" "y"
// CHECK:      %n = graph.while
// CHECK-NEXT: ^
// CHECK-NEXT:   graph.compare "lt" {{\S+}}, [[AFTER]]
// CHECK:      } do {
// CHECK-NEXT: ^
// CHECK-NEXT:   [[INSIDE:%\S+]] = graph.cos
// CHECK-NEXT:   graph.add {{\S+}}, [[INSIDE]]
// CHECK:      %k = graph.cos
// CHECK:      graph.add %{{\S+}}, %k
func.func @f(%x: tensor<f64>, %c: tensor<i1>, %d: tensor<i1>) -> tensor<f64> {
  %y = graph.if %c -> tensor<f64> {
    %a = graph.mul %x, %x : tensor<f64>
    %b = graph.exp %x : tensor<f64>
    %e = graph.add %a, %b : tensor<f64>
    graph.give %e : tensor<f64>
  } else {
    %b = graph.exp %x : tensor<f64>
    graph.give %b : tensor<f64>
  }
  %b = graph.exp %x : tensor<f64>
  %q = graph.if %c -> tensor<f64> {
    graph.assert %d "ValueError" "x"
    graph.give %b : tensor<f64>
  } else {
    graph.give %y : tensor<f64>
  }
  %w = graph.if %c -> tensor<f64> {
    graph.raise "ValueError" "y"
  } else {
    graph.give %y : tensor<f64>
  }
  %w2 = graph.if %c -> tensor<f64> {
    graph.raise "ValueError" "y"
  } else {
    graph.give %y : tensor<f64>
  }
  %n = graph.while(%x) : (tensor<f64>) -> tensor<f64> {
  ^condition(%i: tensor<f64>):
    %exp = graph.exp %x : tensor<f64>
    %less = graph.compare "lt" %i, %exp : tensor<f64> -> tensor<i1>
    graph.give %less : tensor<i1>
  } do {
  ^body(%i: tensor<f64>):
    %exp = graph.cos %x : tensor<f64>
    %next = graph.add %i, %exp : tensor<f64>
    graph.give %next : tensor<f64>
  }
  %k = graph.cos %x : tensor<f64>
  %z = graph.add %y, %b : tensor<f64>
  %z2 = graph.add %z, %k : tensor<f64>
  func.return %z2 : tensor<f64>
}
