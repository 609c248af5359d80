// RUN: foldaway-opt -p differentiate-graph %s | filecheck %s

// The gradient branches on the same condition; each side computes again what its gradient needs.

// CHECK: func.func @f([[X:%.*]]: tensor<3xf32>, [[W:%.*]]: tensor<3xf32>, [[C:%.*]]: tensor<i1>
// CHECK: [[Y:%.*]] = graph.if [[C]] -> tensor<3xf32> {
// CHECK: } else {
// CHECK: }
// CHECK-NEXT: [[G:%.*]], [[H:%.*]] = graph.if [[C]] -> tensor<3xf32>, tensor<3xf32> {
// CHECK-NEXT:   [[A:%.*]] = graph.sin [[X]]
// CHECK-NEXT:   [[B:%.*]] = graph.mul %s, [[W]]
// CHECK-NEXT:   [[D:%.*]] = graph.mul %s, [[A]]
// CHECK-NEXT:   [[E:%.*]] = graph.cos [[X]]
// CHECK-NEXT:   [[F:%.*]] = graph.mul [[B]], [[E]]
// CHECK-NEXT:   graph.give [[F]], [[D]]
// CHECK-NEXT: } else {
// CHECK:        [[Z:%.*]] = graph.broadcast
// CHECK:        graph.give %s, [[Z]]
// CHECK:      }
// CHECK-NEXT: func.return [[G]], [[H]]
func.func @f(%x: tensor<3xf32>, %w: tensor<3xf32>, %c: tensor<i1>, %s: tensor<3xf32>)
    -> (tensor<3xf32>, tensor<3xf32>) {
  %v = graph.variable %x : tensor<3xf32>
  %u = graph.variable %w : tensor<3xf32>
  %y = graph.if %c -> tensor<3xf32> {
    graph.print "stdout" "str" ["x: ", "\n"] %v : tensor<3xf32>
    %a = graph.sin %v : tensor<3xf32>
    %b = graph.mul %a, %u : tensor<3xf32>
    graph.give %b : tensor<3xf32>
  } else {
    graph.give %v : tensor<3xf32>
  }
  %g, %h = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
      by %v, %u : tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>, tensor<3xf32>
  func.return %g, %h : tensor<3xf32>, tensor<3xf32>
}

// A side that raises hands nothing on, and a branch of which nothing depends on a variable is
// left alone.

// CHECK-LABEL: @raises
// CHECK: graph.if
// CHECK: graph.raise
// CHECK: graph.if
// CHECK-NOT: graph.raise
// CHECK: graph.give
// CHECK: } else {
// CHECK: func.return
func.func @raises(%x: tensor<f32>, %c: tensor<i1>, %s: tensor<f32>) -> tensor<f32> {
  %v = graph.variable %x : tensor<f32>
  %k = graph.if %c -> tensor<f32> {
    graph.give %s : tensor<f32>
  } else {
    graph.give %x : tensor<f32>
  }
  %y = graph.if %c -> tensor<f32> {
    graph.raise "ValueError" "no"
  } else {
    %a = graph.mul %v, %k : tensor<f32>
    graph.give %a : tensor<f32>
  }
  %g = graph.gradient of %y : tensor<f32> seeds %s : tensor<f32>
      by %v : tensor<f32> -> tensor<f32>
  func.return %g : tensor<f32>
}
