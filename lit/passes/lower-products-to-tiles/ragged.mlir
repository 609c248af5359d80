// RUN: foldaway-opt %s -p lower-graph-to-linalg,place-axes,outline-kernels,lower-products-to-tiles | filecheck %s

// Two times three tiles; those at the edge are cut.
// CHECK: ascend.launch @f_0_kernel(%x, %y) grid 6 fallback @f_0
// CHECK: builtin.module @f_0_kernel attributes {foldaway.grid = 6 : i64}
// CHECK-NEXT: memref<?xi8> {hacc.arg_type = #hacc.arg_type<sync_block_lock>}, {{.*}}<workspace>}, %x: memref<?xf16> {tt.divisibility = 16 : i32}
// CHECK-SAME: mix_mode = "mix"
// CHECK: affine.min affine_map<()[s0] -> (128, ((s0 * -1) + 200))>
// CHECK: scf.for
// CHECK: affine.min affine_map<()[s0] -> (64, ((s0 * -1) + 500))>
// CHECK: memref.reinterpret_cast %x to offset: [%{{.*}}], sizes: [128, 64], strides: [500, 1]
// CHECK: memref.subview {{.*}} to memref<?x?xf16, strided<[64, 1]>>
// CHECK: memref.copy
// CHECK: bufferization.to_tensor
// CHECK: linalg.matmul {{.*}} -> tensor<128x128xf32>
// CHECK: bufferization.materialize_in_destination
func.func @f(%x: tensor<200x500xf16>, %y: tensor<500x300xf16>) -> tensor<200x300xf32> {
  %z = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0]
      : tensor<200x500xf16>, tensor<500x300xf16> -> tensor<200x300xf16>
  %r = graph.convert %z : tensor<200x300xf16> -> tensor<200x300xf32>
  func.return %r : tensor<200x300xf32>
}
