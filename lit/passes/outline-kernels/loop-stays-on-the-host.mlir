// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels | filecheck %s

// CHECK: scf.for {{.*}} iter_args([[x:%\S+]] = %x)
// CHECK-NEXT: [[y:%\S+]] = func.call @f_0([[x]])
// CHECK-NEXT: scf.yield [[y]]
// CHECK: @f_0({{.*}}) -> tensor<3xf32> attributes {foldaway.part = "vector"}
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = graph.for 0 step 1 count 4(%x) : (tensor<3xf32>) -> tensor<3xf32> {
  ^body(%i: tensor<i64>, %a: tensor<3xf32>):
    %b = graph.exp %a : tensor<3xf32>
    graph.give %b : tensor<3xf32>
  }
  func.return %r : tensor<3xf32>
}
