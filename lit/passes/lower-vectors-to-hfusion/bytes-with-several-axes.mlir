// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-vectors-to-hfusion | filecheck %s

// The vendor's compiler can't store bytes with several axes, but in tiles.
// CHECK: ascend.launch @f_0_kernel(%x, %b) grid 1 fallback @f_0
// CHECK: func.func @f_0_kernel(%{{.*}}: memref<?xi8> {hacc.arg_type = #hacc.arg_type<sync_block_lock>}
// CHECK: linalg.broadcast {{.*}} outs({{.*}}tensor<6x4xi8>) dimensions = [0]
func.func @f(%x: tensor<6x4xi8>, %b: tensor<4xi8>) -> tensor<6x4xi8> {
  %r = graph.broadcast %b, dimensions = [1] : tensor<4xi8> -> tensor<6x4xi8>
  %y = graph.add %x, %r : tensor<6x4xi8>
  func.return %y : tensor<6x4xi8>
}
