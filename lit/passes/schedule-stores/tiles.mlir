// RUN: foldaway-opt %s -p lower-graph-to-linalg,fuse-elementwise-to-generic,place-buffers,fuse-rows{tile-bytes=3000,least-bytes=0} | foldaway-opt -p schedule-stores{past-bytes=1000,ahead-bytes=1000} | filecheck %s

// The last loop writes the result. Meanwhile it fetches what the first one will read, two tiles
// further on, as an input that it doesn't use itself.
// CHECK:      scf.for
// CHECK:        [[X:%\S+]] = memref.reinterpret_cast %x to
// CHECK:        arith.maximumf
// CHECK:        math.exp
// CHECK:        ins({{%[0-9]+}}, {{%[0-9]+}}, [[X]] : {{.*}}) outs({{.*}}) attrs =  {schedule = {kind = "past_cache", ahead = 1536 : i64, fetched = [2 : i64]}} {
// CHECK-NEXT:   ^bb0(%{{[0-9]+}}: f32, %{{[0-9]+}}: f32, %{{[0-9]+}}: f32, %{{[0-9]+}}: f32):
// CHECK-NEXT:     arith.divf
func.func @f(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %m = graph.reduce "max" %x, axes = [1] : tensor<64x64xf32> -> tensor<64xf32>
  %b = graph.broadcast %m, dimensions = [0] : tensor<64xf32> -> tensor<64x64xf32>
  %d = graph.sub %x, %b : tensor<64x64xf32>
  %e = graph.exp %d : tensor<64x64xf32>
  %s = graph.reduce "sum" %e, axes = [1] : tensor<64x64xf32> -> tensor<64xf32>
  %t = graph.broadcast %s, dimensions = [0] : tensor<64xf32> -> tensor<64x64xf32>
  %r = graph.div %e, %t : tensor<64x64xf32>
  func.return %r : tensor<64x64xf32>
}
