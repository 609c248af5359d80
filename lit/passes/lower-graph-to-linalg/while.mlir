// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK:      %r = scf.while (%a = %x) : (tensor<f32>) -> tensor<f32> {
// CHECK:        [[LESS:%\S+]] = tensor.extract %less[] : tensor<i1>
// CHECK-NEXT:   scf.condition([[LESS]]) %a : tensor<f32>
// CHECK-NEXT: } do {
// CHECK-NEXT: ^bb0([[A:%\S+]]: tensor<f32>):
// CHECK-NEXT:   %next = arith.addf [[A]], %x : tensor<f32>
// CHECK-NEXT:   scf.yield %next : tensor<f32>
func.func @f(%x: tensor<f32>, %limit: tensor<f32>) -> tensor<f32> {
  %r = graph.while(%x) : (tensor<f32>) -> tensor<f32> {
  ^condition(%a: tensor<f32>):
    %less = graph.compare "lt" %a, %limit : tensor<f32> -> tensor<i1>
    graph.give %less : tensor<i1>
  } do {
  ^body(%a: tensor<f32>):
    %next = graph.add %a, %x : tensor<f32>
    graph.give %next : tensor<f32>
  }
  func.return %r : tensor<f32>
}
