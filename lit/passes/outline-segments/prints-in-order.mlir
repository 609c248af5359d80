// RUN: foldaway-opt -p outline-segments %s | filecheck %s

// CHECK: [[Y:%.*]], [[Z:%.*]] = pyobj.unpack %{{.*}} into 2
// CHECK: pyobj.constant ("y: ", "\0A")
// CHECK-NEXT: pyobj.call %{{.*}}, [[Y]])
// CHECK: pyobj.constant ("z: ", "\0A")
// CHECK-NEXT: pyobj.call %{{.*}}, [[Z]])
// CHECK-NEXT: pyobj.return [[Z]]
func.func @f(%x : tensor<3xf32>) -> !pyobj.object {
  %y = graph.neg %x : tensor<3xf32>
  graph.print "stdout" "str" ["y: ", "\n"] %y : tensor<3xf32>
  %z = graph.exp %y : tensor<3xf32>
  graph.print "stdout" "str" ["z: ", "\n"] %z : tensor<3xf32>
  pyobj.return %z
}
