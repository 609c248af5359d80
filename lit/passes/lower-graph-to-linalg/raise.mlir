// RUN: foldaway-opt %s -p canonicalize,cse,lower-graph-to-linalg | filecheck %s

// What is left before it gives anything gives tensors without a value.
// CHECK:      %y = scf.if %{{\S+}} -> (tensor<2xf32>) {
// CHECK-NEXT:   scf.yield %x : tensor<2xf32>
// CHECK-NEXT: } else {
// CHECK-NEXT:   [[NEVER:%\S+]] = arith.constant false
// CHECK-NEXT:   cf.assert [[NEVER]], "IndexError: far"
// CHECK-NEXT:   [[EMPTY:%\S+]] = tensor.empty() : tensor<2xf32>
// CHECK-NEXT:   scf.yield [[EMPTY]] : tensor<2xf32>
// CHECK-NEXT: }
func.func @one(%x: tensor<2xf32>, %c: tensor<i1>) -> tensor<2xf32> {
  %y = graph.if %c -> tensor<2xf32> {
    graph.give %x : tensor<2xf32>
  } else {
    graph.raise "IndexError" "far"
  }
  func.return %y : tensor<2xf32>
}

// CHECK:      scf.if %{{\S+}} {
// CHECK:        scf.if %{{\S+}} {
// CHECK:          cf.assert %{{\S+}}, "ValueError: a"
// CHECK:        } else {
// CHECK:          cf.assert %{{\S+}}, "KeyError: b"
// CHECK:        }
// CHECK-NEXT: } else {
// CHECK-NEXT: }
func.func @both(%c: tensor<i1>, %d: tensor<i1>) {
  graph.if %c {
    graph.if %d {
      graph.raise "ValueError" "a"
    } else {
      graph.raise "KeyError" "b"
    }
  } else {
    graph.give
  }
  func.return
}

// CHECK:      func.func @always() -> tensor<2xi8> {
// CHECK:        cf.assert %{{\S+}}, "ValueError: a"
// CHECK-NEXT:   [[ANY:%\S+]] = tensor.empty() : tensor<2xi8>
// CHECK-NEXT:   func.return [[ANY]] : tensor<2xi8>
func.func @always() -> tensor<2xui8> {
  graph.raise "ValueError" "a"
}
