// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic | filecheck %s

// A branch that nothing uses goes, but for one that may raise, and a loop that may not end.
// CHECK:     scf.if
// CHECK:       cf.assert
// CHECK:     scf.while
// CHECK-NOT: scf.if
// CHECK:     func.return
func.func @f(%x: tensor<f32>, %c: tensor<i1>) {
  %y = graph.if %c -> tensor<f32> {
    graph.assert %c "ValueError" ""
    graph.give %x : tensor<f32>
  } else {
    graph.give %x : tensor<f32>
  }
  %z = graph.while(%x) : (tensor<f32>) -> tensor<f32> {
  ^condition(%a: tensor<f32>):
    graph.give %c : tensor<i1>
  } do {
  ^body(%a: tensor<f32>):
    graph.give %a : tensor<f32>
  }
  %w = graph.if %c -> tensor<f32> {
    %e = graph.exp %x : tensor<f32>
    graph.give %e : tensor<f32>
  } else {
    graph.give %x : tensor<f32>
  }
  func.return
}
