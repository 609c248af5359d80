// RUN: foldaway-opt -t ptx %s | filecheck %s

// A sum through a loop, then through the lanes of a warp, then into shared memory.
// CHECK:      .entry sum(
// CHECK:      .shared .align 16 {{.*}} sum_shared0
// CHECK:      bra
// CHECK:      shfl.sync.bfly.b32
// CHECK:      @{{.*}} bra
// CHECK:      st.shared.b32
// CHECK:      bar.sync 0
simt.kernel @sum(%x: memref<4096xf32>, %y: memref<f32>, %n: i32) block = [128, 1, 1] grid = [1, 1, 1] {
  %s = simt.shared : memref<32xf32>
  %t = simt.thread_id x
  %step = simt.block_dim x
  %zero = arith.constant 0.0 : f32
  %none = arith.constant 0 : i32
  %sum = scf.for %i = %t to %n step %step iter_args(%so_far = %zero) -> (f32) : i32 {
    %v = simt.load %x[%i] : memref<4096xf32>, i32 -> f32
    %more = arith.addf %so_far, %v : f32
    scf.yield %more : f32
  }
  %offset = arith.constant 16 : i32
  %other = simt.shuffle "xor" %sum, %offset : f32
  %both = arith.addf %sum, %other : f32
  %is_first = arith.cmpi eq, %t, %none : i32
  scf.if %is_first {
    simt.store %s[%none], %both : memref<32xf32>, i32, f32
  }
  simt.barrier
  %last = simt.load %s[%none] : memref<32xf32>, i32 -> f32
  simt.store %y[%none], %last : memref<f32>, i32, f32
  simt.return
}
