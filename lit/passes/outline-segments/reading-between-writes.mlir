// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// A segment that reads a tensor keeps its place among the writes to it, and only to it.

// CHECK: func.func @f
// CHECK-NEXT: pyobj.segment @f_segment0
// CHECK-NEXT: [[OLD:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK-NEXT: pyobj.runtime "write"
// CHECK-NEXT: pyobj.call %{{.*}}(%x, [[OLD]])
// CHECK-NEXT: pyobj.segment @f_segment1
// CHECK-NEXT: [[BOTH:%.*]] = pyobj.call %{{.*}}(%y, %x, [[OLD]])
// CHECK-NEXT: [[OTHER:%.*]], [[NEW:%.*]] = pyobj.unpack [[BOTH]] into 2
// CHECK-NEXT: pyobj.runtime "write"
// CHECK-NEXT: pyobj.call %{{.*}}(%y, [[OTHER]])
// CHECK-NEXT: pyobj.return [[NEW]]
// CHECK: func.func private @f_segment0([[X:%.*]]: tensor<3xf32>)
// CHECK-NEXT: graph.neg [[X]]
// CHECK-NEXT: func.return
// CHECK: func.func private @f_segment1([[Y:%.*]]: tensor<3xf32>, [[X:%.*]]: tensor<3xf32>, [[OLD:%.*]]: tensor<3xf32>)
// CHECK-NEXT: graph.exp [[Y]]
// CHECK-NEXT: graph.sin [[X]]
// CHECK-NEXT: graph.add
func.func @f(%x : tensor<3xf32>, %y : tensor<3xf32>) -> !pyobj.object {
  %old = graph.neg %x : tensor<3xf32>
  %write = pyobj.runtime "write"
  %n1 = pyobj.call %write(%x, %old)
  %other = graph.exp %y : tensor<3xf32>
  %write2 = pyobj.runtime "write"
  %n2 = pyobj.call %write2(%y, %other)
  %new = graph.sin %x : tensor<3xf32>
  %both = graph.add %new, %old : tensor<3xf32>
  pyobj.return %both
}

// A write through an array is one to the tensor that has the memory; so is one in a branch.

// CHECK: func.func @g
// CHECK-NEXT: pyobj.segment @g_segment0
// CHECK-NEXT: [[OLD:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK: pyobj.if
// CHECK: pyobj.runtime "write"
// CHECK: }
// CHECK: pyobj.segment @g_segment1
// CHECK-NEXT: pyobj.call %{{.*}}([[OLD]])
// CHECK-NEXT: pyobj.return
// CHECK: func.func private @g_segment0
// CHECK-NEXT: graph.neg
// CHECK-NEXT: func.return
// CHECK: func.func private @g_segment1
// CHECK-NEXT: graph.exp
func.func @g(%x : tensor<3xf32>, %y : tensor<3xf32>, %c : tensor<i1>) -> !pyobj.object {
  %old = graph.neg %x : tensor<3xf32>
  graph.if %c {
    %to_array = pyobj.runtime "array"
    %array = pyobj.call %to_array(%x)
    %write = pyobj.runtime "write"
    %n = pyobj.call %write(%array, %y)
    pyobj.return %y
  } else {
    graph.give
  }
  %e = graph.exp %old : tensor<3xf32>
  pyobj.return %e
}

// What is read before a write doesn't wait for the segment that uses it.

// CHECK: func.func @h
// CHECK-NEXT: pyobj.segment @h_segment0
// CHECK-NEXT: [[OLD:%.*]] = pyobj.call %{{.*}}(%x)
// CHECK-NEXT: pyobj.runtime "write"
// CHECK-NEXT: pyobj.call %{{.*}}(%x, %y)
// CHECK-NEXT: pyobj.segment @h_segment1
// CHECK-NEXT: [[NEW:%.*]] = pyobj.call %{{.*}}(%x, [[OLD]])
// CHECK-NEXT: pyobj.return [[NEW]]
func.func @h(%x : tensor<3xf32>, %y : tensor<3xf32>) -> !pyobj.object {
  %old = graph.neg %x : tensor<3xf32>
  %write = pyobj.runtime "write"
  %n = pyobj.call %write(%x, %y)
  %new = graph.add %x, %old : tensor<3xf32>
  pyobj.return %new
}
