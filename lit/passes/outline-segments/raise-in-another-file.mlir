// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// A function has lines of one file: what it raises in another one is told its place.

// CHECK: func.func @f
// CHECK: pyobj.runtime "exception"
// CHECK-NEXT: [[E:%.*]] = pyobj.call
// CHECK-NEXT: [[FILE:%.*]] = pyobj.constant "there.py"
// CHECK-NEXT: [[LINE:%.*]] = pyobj.constant 7
// CHECK-NEXT: [[COLUMN:%.*]] = pyobj.constant 5
// CHECK-NEXT: [[PLACED:%.*]] = pyobj.runtime "placed"
// CHECK-NEXT: [[R:%.*]] = pyobj.call [[PLACED]]([[E]], [[FILE]], [[LINE]], [[COLUMN]])
// CHECK-NEXT: pyobj.raise [[R]]
func.func @f(%x : tensor<f32>) -> !pyobj.object {
  graph.print "stdout" "str" ["x: ", "\n"] %x : tensor<f32>
  graph.raise "ValueError" "no" loc("there.py":7:5)
} loc("here.py":1:1)

// CHECK: func.func @g
// CHECK-NOT: "placed"
func.func @g(%x : tensor<f32>) -> !pyobj.object {
  graph.print "stdout" "str" ["x: ", "\n"] %x : tensor<f32>
  graph.raise "ValueError" "no" loc("here.py":7:5)
} loc("here.py":1:1)
