// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers -t llvm | filecheck %s
// Four vectors of candidates and of the rounds they are of; the lanes are compared behind the loop.

// CHECK: define internal void @kernel2(
// CHECK: phi <8 x float>
// CHECK: [[V:%\S+]] = load <8 x float>, ptr {{%\S+}}, align 4
// CHECK: [[A:%\S+]] = fcmp ugt <8 x float> [[V]], [[B:%\S+]]
// CHECK: [[K:%\S+]] = fcmp ord <8 x float> [[B]], [[B]]
// CHECK: [[T:%\S+]] = and <8 x i1> [[A]], [[K]]
// CHECK: select <8 x i1> [[T]], <8 x float> [[V]], <8 x float> [[B]]
// CHECK: select <8 x i1> [[T]], <8 x i32>
// CHECK: store <8 x float>
// CHECK: icmp slt i64
func.func @f(%x: tensor<100xf32>) -> tensor<i64> {
  %i = graph.argreduce "max" %x, axis = 0 : tensor<100xf32> -> tensor<i64>
  func.return %i : tensor<i64>
}
