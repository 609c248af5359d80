// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// The condition is computed again before each round; carried values are variables.

// CHECK: func.func @while(%n: tensor<i64>, %a: tensor<i64>)
// CHECK-NEXT: pyobj.segment @while_segment0
// CHECK-NEXT: [[ZERO:%.*]] = pyobj.call
// CHECK-NEXT: pyobj.store "_v1", [[ZERO]]
// CHECK-NEXT: pyobj.store "_v2", %a
// CHECK-NEXT: pyobj.while {
// CHECK-NEXT: [[I:%.*]] = pyobj.load "_v1"
// CHECK-NEXT: pyobj.segment @while_segment1
// CHECK-NEXT: [[L:%.*]] = pyobj.call %{{.*}}([[I]], %n)
// CHECK-NEXT: pyobj.runtime "truth"
// CHECK-NEXT: [[T:%.*]] = pyobj.call %{{.*}}([[L]])
// CHECK-NEXT: pyobj.give [[T]]
// CHECK-NEXT: } do {
// CHECK-NEXT: [[I:%.*]] = pyobj.load "_v1"
// CHECK-NEXT: pyobj.segment @while_segment2
// CHECK-NEXT: [[NEXT:%.*]] = pyobj.call %{{.*}}([[I]])
// CHECK-NEXT: [[P:%.*]] = pyobj.load "_v2"
// CHECK: pyobj.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, [[P]])
// CHECK-NEXT: pyobj.store "_v1", [[NEXT]]
// CHECK-NEXT: }
// CHECK-NEXT: [[R:%.*]] = pyobj.load "_v1"
// CHECK-NEXT: [[S:%.*]] = pyobj.load "_v2"
// CHECK-NEXT: pyobj.tuple ([[R]], [[S]])
func.func @while(%n : tensor<i64>, %a : tensor<i64>) -> !pyobj.object {
  %zero = graph.constant dense<0> : tensor<i64>
  %one = graph.constant dense<1> : tensor<i64>
  %r, %s = graph.while(%zero, %a) : (tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
  ^condition(%i : tensor<i64>, %p : tensor<i64>):
    %less = graph.compare "lt" %i, %n : tensor<i64> -> tensor<i1>
    graph.give %less : tensor<i1>
  } do {
  ^body(%i : tensor<i64>, %p : tensor<i64>):
    graph.print "stdout" "str" ["", "\n"] %p : tensor<i64>
    %next = graph.add %i, %one : tensor<i64>
    graph.give %next, %p : tensor<i64>, tensor<i64>
  }
  %u = pyobj.tuple (%r, %s)
  pyobj.return %u
}

// CHECK: func.func @for(%a: tensor<i64>)
// CHECK-NEXT: pyobj.store "_v1", %a
// CHECK-NEXT: pyobj.constant 5
// CHECK-NEXT: pyobj.constant -1
// CHECK-NEXT: pyobj.constant 3
// CHECK-NEXT: pyobj.runtime "indices"
// CHECK-NEXT: [[ALL:%.*]] = pyobj.call
// CHECK-NEXT: pyobj.for %i in [[ALL]] {
// CHECK-NEXT: [[S:%.*]] = pyobj.load "_v1"
// CHECK-NEXT: pyobj.segment @for_segment0
// CHECK-NEXT: [[NEXT:%.*]] = pyobj.call %{{.*}}(%i, [[S]])
// CHECK: pyobj.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, [[NEXT]])
// CHECK-NEXT: pyobj.store "_v1", [[NEXT]]
// CHECK-NEXT: }
// CHECK-NEXT: [[R:%.*]] = pyobj.load "_v1"
// CHECK-NEXT: pyobj.return [[R]]
func.func @for(%a : tensor<i64>) -> !pyobj.object {
  %sum = graph.for 5 step -1 count 3(%a) : (tensor<i64>) -> tensor<i64> {
  ^body(%i : tensor<i64>, %s : tensor<i64>):
    %next = graph.add %i, %s : tensor<i64>
    graph.print "stdout" "str" ["", "\n"] %next : tensor<i64>
    graph.give %next : tensor<i64>
  }
  pyobj.return %sum
}

// Nobody learns whether there is another round where the condition is never known.

// CHECK: func.func @never
// CHECK: pyobj.while {
// CHECK-NEXT: [[TRUE:%.*]] = pyobj.constant True
// CHECK-NEXT: pyobj.give [[TRUE]]
// CHECK-NEXT: } do {
// CHECK: pyobj.return
// CHECK-NEXT: }
// CHECK-NOT: print
func.func @never(%x : tensor<i64>) -> !pyobj.object {
  %r = graph.while(%x) : (tensor<i64>) -> tensor<i64> {
  ^condition(%i : tensor<i64>):
    pyobj.return %i
  } do {
  ^body(%i : tensor<i64>):
    graph.print "stdout" "str" ["", "\n"] %i : tensor<i64>
    graph.give %i : tensor<i64>
  }
  pyobj.return %r
}
