// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// The integer is carried as a tensor; a loop that runs 0 times gives what it starts with.
// CHECK:      [[FIRST:%\S+]] = arith.constant 0 : index
// CHECK-NEXT: [[COUNT:%\S+]] = arith.constant 5 : index
// CHECK-NEXT: [[STEP:%\S+]] = arith.constant 1 : index
// CHECK-NEXT: [[START:%\S+]] = arith.constant dense<7> : tensor<i64>
// CHECK-NEXT: %{{\S+}}, %s = scf.for %{{\S+}} = [[FIRST]] to [[COUNT]] step [[STEP]] iter_args(%i = [[START]], %a = %x)
// CHECK-NEXT:   %b = arith.addi %a, %i : tensor<i64>
// CHECK-NEXT:   [[BY:%\S+]] = arith.constant dense<-2> : tensor<i64>
// CHECK-NEXT:   [[NEXT:%\S+]] = arith.addi %i, [[BY]] : tensor<i64>
// CHECK-NEXT:   scf.yield [[NEXT]], %b : tensor<i64>, tensor<i64>
// CHECK-NEXT: }
// CHECK-NEXT: func.return %s, %x : tensor<i64>, tensor<i64>
func.func @f(%x: tensor<i64>) -> (tensor<i64>, tensor<i64>) {
  %s = graph.for 7 step -2 count 5(%x) : (tensor<i64>) -> tensor<i64> {
  ^body(%i: tensor<i64>, %a: tensor<i64>):
    %b = graph.add %a, %i : tensor<i64>
    graph.give %b : tensor<i64>
  }
  %t = graph.for 0 step 1 count 0(%x) : (tensor<i64>) -> tensor<i64> {
  ^body(%i: tensor<i64>, %a: tensor<i64>):
    graph.give %i : tensor<i64>
  }
  func.return %s, %t : tensor<i64>, tensor<i64>
}
