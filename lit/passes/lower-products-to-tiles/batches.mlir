// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-products-to-tiles | filecheck %s

// CHECK: ascend.launch @f_0_kernel(%x, %y) grid 5 fallback @f_0
// CHECK: [[p:%.*]] = arith.index_cast
// CHECK: [[step:%.*]] = arith.constant 256 : index
// CHECK: arith.muli [[p]], [[step]] : index
func.func @f(%x: tensor<5x16x16xf32>, %y: tensor<5x16x16xf32>) -> tensor<5x16x16xf32> {
  %z = graph.dot_general %x, %y, batch = [0] x [0], contract = [2] x [1]
      : tensor<5x16x16xf32>, tensor<5x16x16xf32> -> tensor<5x16x16xf32>
  func.return %z : tensor<5x16x16xf32>
}
