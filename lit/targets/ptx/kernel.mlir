// RUN: foldaway-opt -t ptx %s | filecheck %s
// RUN: foldaway-opt -t 'ptx{arch=sm_90}' %s | filecheck %s --check-prefix SM90
// RUN: not foldaway-opt -t 'ptx{arch=sm_1}' %s 2>&1 | filecheck %s --check-prefix UNKNOWN

// SM90: .target sm_90
// UNKNOWN: error: no GPU is called 'sm_1'

// CHECK:      .target sm_80
// CHECK:      .visible .entry double(
// CHECK:      .reqntid 256, 1, 1
// CHECK:      %ctaid.x
// CHECK:      setp
// CHECK:      ld.global.nc.v4.b32 {[[A:%\S+]], [[B:%\S+]],
// CHECK:      add.rn.f32 [[C:%\S+]], [[A]], [[A]]
// CHECK:      st.global.v4.b32
// CHECK:      ret
simt.kernel @double(%x: memref<4000xf32>, %y: memref<4000xf32>) block = [256, 1, 1] grid = [4, 1, 1] {
  %b = simt.block_id x
  %t = simt.thread_id x
  %threads = arith.constant 256 : i32
  %four = arith.constant 4 : i32
  %n = arith.constant 1000 : i32
  %first = arith.muli %b, %threads : i32
  %group = arith.addi %first, %t : i32
  %inside = arith.cmpi slt, %group, %n : i32
  scf.if %inside {
    %i = arith.muli %group, %four : i32
    %x0, %x1, %x2, %x3 = simt.load %x[%i] : memref<4000xf32>, i32 -> f32, f32, f32, f32
    %y0 = arith.addf %x0, %x0 : f32
    %y1 = arith.addf %x1, %x1 : f32
    %y2 = arith.addf %x2, %x2 : f32
    %y3 = arith.addf %x3, %x3 : f32
    simt.store %y[%i], %y0, %y1, %y2, %y3 : memref<4000xf32>, i32, f32, f32, f32, f32
  }
  simt.return
}
