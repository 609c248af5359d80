// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic | filecheck %s

// What one side needs alone is computed before, as it stands; numbers go inside; two loops, not three.
// CHECK:      %a = linalg.generic
// CHECK:        math.exp
// CHECK:      %y = scf.if %{{\S+}} -> (tensor<3xf32>) {
// CHECK:        %c2 = linalg.generic {{.*}} ins(%a : tensor<3xf32>)
// CHECK:          arith.constant 2.000000e+00 : f32
// CHECK:          arith.mulf
// CHECK:          arith.addf
// CHECK:        scf.yield %c2 : tensor<3xf32>
// CHECK-NEXT: } else {
// CHECK-NEXT:   [[EMPTY:%\S+]] = tensor.empty() : tensor<3xf32>
// CHECK-NEXT:   [[TWO:%\S+]] = linalg.generic {{.*}} outs([[EMPTY]] : tensor<3xf32>)
// CHECK:        scf.yield [[TWO]] : tensor<3xf32>
// CHECK-NEXT: }
// CHECK-NEXT: func.return %y : tensor<3xf32>
func.func @f(%x: tensor<3xf32>, %c: tensor<i1>) -> tensor<3xf32> {
  %two = graph.constant dense<2.0> : tensor<3xf32>
  %a = graph.exp %x : tensor<3xf32>
  %y = graph.if %c -> tensor<3xf32> {
    %b = graph.mul %a, %two : tensor<3xf32>
    %c2 = graph.add %b, %b : tensor<3xf32>
    graph.give %c2 : tensor<3xf32>
  } else {
    graph.give %two : tensor<3xf32>
  }
  func.return %y : tensor<3xf32>
}
