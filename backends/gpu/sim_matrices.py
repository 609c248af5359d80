"""Matrices that are spread over the lanes of a warp of the simulated device, as LLVM IR.

Sums are in f32, one product after another: a GPU's order isn't said anywhere.
Source of which lane holds what: the PTX ISA, sections `ldmatrix` and `mma.m16n8k16`.
"""

from __future__ import annotations

from typing import Final

MATRICES: Final = r"""
; Lane n brings the address of row n. Of each matrix a lane gets two neighbours of one row.
define internal void @matrix_load(ptr %warp, i32 %detail, i32 %need) noinline {
entry:
  %in = getelementptr i8, ptr %warp, i64 $W_IN
  %out = getelementptr i8, ptr %warp, i64 $W_OUT
  %count = and i32 %detail, 7
  %transposed_bit = and i32 %detail, 8
  %is_transposed = icmp ne i32 %transposed_bit, 0
  %is_partial = icmp ne i32 %need, 32
  br i1 %is_partial, label %partial, label %matrix
partial:
  call void @fail(i32 $FAULT_DIVERGENT, i64 $KIND_MATRIX_LOAD, i64 0)
  unreachable
matrix:
  %q = phi i32 [ 0, %entry ], [ %q_next, %matrix_end ]
  br label %lane
lane:
  %l = phi i32 [ 0, %matrix ], [ %l_next, %lane_end ]
  %r = lshr i32 %l, 2
  %t = and i32 %l, 3
  %t2 = shl i32 %t, 1
  %t2_next = add i32 %t2, 1
  %row_0 = select i1 %is_transposed, i32 %t2, i32 %r
  %row_1 = select i1 %is_transposed, i32 %t2_next, i32 %r
  %column_0 = select i1 %is_transposed, i32 %r, i32 %t2
  %column_1 = select i1 %is_transposed, i32 %r, i32 %t2_next
  %q8 = shl i32 %q, 3
  %from_0 = add i32 %q8, %row_0
  %from_1 = add i32 %q8, %row_1
  %box_0 = getelementptr [64 x i8], ptr %in, i32 %from_0
  %box_1 = getelementptr [64 x i8], ptr %in, i32 %from_1
  %address_0 = load ptr, ptr %box_0
  %address_1 = load ptr, ptr %box_1
  %number = ptrtoint ptr %address_0 to i64
  %low = and i64 %number, 15
  %is_aligned = icmp eq i64 %low, 0
  br i1 %is_aligned, label %lane_end, label %misaligned
misaligned:
  call void @fail(i32 $FAULT_MISALIGNED, i64 %number, i64 16)
  unreachable
lane_end:
  %at_0 = getelementptr i16, ptr %address_0, i32 %column_0
  %at_1 = getelementptr i16, ptr %address_1, i32 %column_1
  %element_0 = load i16, ptr %at_0
  %element_1 = load i16, ptr %at_1
  %wide_0 = zext i16 %element_0 to i32
  %wide_1 = zext i16 %element_1 to i32
  %up = shl i32 %wide_1, 16
  %both = or i32 %wide_0, %up
  %own = getelementptr [16 x i8], ptr %out, i32 %l
  %place = getelementptr i32, ptr %own, i32 %q
  store i32 %both, ptr %place
  %l_next = add i32 %l, 1
  %is_last_lane = icmp eq i32 %l_next, 32
  br i1 %is_last_lane, label %matrix_end, label %lane
matrix_end:
  %q_next = add i32 %q, 1
  %is_last = icmp eq i32 %q_next, %count
  br i1 %is_last, label %end, label %matrix
end:
  ret void
}

; Elements of 16 bits as f32: f16, or bf16. Every number keeps its value.
define internal <8 x float> @widened8(<8 x i32> %bits, i1 %is_half) alwaysinline {
  %up = shl <8 x i32> %bits, splat (i32 16)
  %brain = bitcast <8 x i32> %up to <8 x float>
  %sign = and <8 x i32> %up, splat (i32 -2147483648)
  %rest = and <8 x i32> %bits, splat (i32 32767)
  %moved = shl <8 x i32> %rest, splat (i32 13)
  %small = bitcast <8 x i32> %moved to <8 x float>
  %scaled = fmul <8 x float> %small, splat (float 0x46F0000000000000)
  %scaled_bits = bitcast <8 x float> %scaled to <8 x i32>
  %is_special = icmp uge <8 x i32> %rest, splat (i32 31744)
  %special = or <8 x i32> %moved, splat (i32 2139095040)
  %magnitude = select <8 x i1> %is_special, <8 x i32> %special, <8 x i32> %scaled_bits
  %signed = or <8 x i32> %magnitude, %sign
  %half = bitcast <8 x i32> %signed to <8 x float>
  %value = select i1 %is_half, <8 x float> %half, <8 x float> %brain
  ret <8 x float> %value
}

define internal <4 x float> @widened4(<4 x i32> %bits, i1 %is_half) alwaysinline {
  %wide = shufflevector <4 x i32> %bits, <4 x i32> poison,
    <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 0, i32 1, i32 2, i32 3>
  %all = call <8 x float> @widened8(<8 x i32> %wide, i1 %is_half)
  %value = shufflevector <8 x float> %all, <8 x float> poison,
    <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  ret <4 x float> %value
}
; Format 2 is tf32, one element a word; its last bits don't count.
define internal void @spread(ptr %warp, i32 %l, i32 %format) noinline {
entry:
  %a = getelementptr i8, ptr %warp, i64 $W_A
  %b = getelementptr i8, ptr %warp, i64 $W_B
  %c = getelementptr i8, ptr %warp, i64 $W_C
  %in = getelementptr i8, ptr %warp, i64 $W_IN
  %box = getelementptr [64 x i8], ptr %in, i32 %l
  %g = lshr i32 %l, 2
  %t = and i32 %l, 3
  %t2 = shl i32 %t, 1
  %g_row = getelementptr [16 x float], ptr %a, i32 %g
  %g8 = add i32 %g, 8
  %g8_row = getelementptr [16 x float], ptr %a, i32 %g8
  %at_1 = getelementptr i32, ptr %box, i64 1
  %at_2 = getelementptr i32, ptr %box, i64 2
  %at_3 = getelementptr i32, ptr %box, i64 3
  %at_4 = getelementptr i32, ptr %box, i64 4
  %at_5 = getelementptr i32, ptr %box, i64 5
  %a0 = load i32, ptr %box
  %a1 = load i32, ptr %at_1
  %a2 = load i32, ptr %at_2
  %a3 = load i32, ptr %at_3
  %b0 = load i32, ptr %at_4
  %b1 = load i32, ptr %at_5
  %at_c = getelementptr i32, ptr %box, i64 6
  %c_low = load <2 x float>, ptr %at_c, align 4
  %at_c2 = getelementptr i32, ptr %box, i64 8
  %c_high = load <2 x float>, ptr %at_c2, align 4
  %c_row = getelementptr [8 x float], ptr %c, i32 %g
  %c_place = getelementptr float, ptr %c_row, i32 %t2
  store <2 x float> %c_low, ptr %c_place, align 4
  %c8_row = getelementptr [8 x float], ptr %c, i32 %g8
  %c8_place = getelementptr float, ptr %c8_row, i32 %t2
  store <2 x float> %c_high, ptr %c8_place, align 4
  %is_single = icmp eq i32 %format, 2
  br i1 %is_single, label %single, label %double
double:
  %is_half = icmp eq i32 %format, 0
  %a_words = load <4 x i32>, ptr %box, align 4
  %a_low = and <4 x i32> %a_words, splat (i32 65535)
  %a_high = lshr <4 x i32> %a_words, splat (i32 16)
  %a_bits = shufflevector <4 x i32> %a_low, <4 x i32> %a_high,
    <8 x i32> <i32 0, i32 4, i32 1, i32 5, i32 2, i32 6, i32 3, i32 7>
  %a_values = call <8 x float> @widened8(<8 x i32> %a_bits, i1 %is_half)
  %b_words = load <2 x i32>, ptr %at_4, align 4
  %b_low = and <2 x i32> %b_words, splat (i32 65535)
  %b_high = lshr <2 x i32> %b_words, splat (i32 16)
  %b_bits = shufflevector <2 x i32> %b_low, <2 x i32> %b_high,
    <4 x i32> <i32 0, i32 2, i32 1, i32 3>
  %b_values = call <4 x float> @widened4(<4 x i32> %b_bits, i1 %is_half)
  %t2_8 = add i32 %t2, 8
  %p0 = getelementptr float, ptr %g_row, i32 %t2
  %p1 = getelementptr float, ptr %g8_row, i32 %t2
  %p2 = getelementptr float, ptr %g_row, i32 %t2_8
  %p3 = getelementptr float, ptr %g8_row, i32 %t2_8
  %b_row = getelementptr [8 x float], ptr %b, i32 %t2
  %b_place = getelementptr float, ptr %b_row, i32 %g
  %b_place1 = getelementptr float, ptr %b_place, i32 8
  %b_place2 = getelementptr float, ptr %b_place, i32 64
  %b_place3 = getelementptr float, ptr %b_place, i32 72
  %pair0 = shufflevector <8 x float> %a_values, <8 x float> poison, <2 x i32> <i32 0, i32 1>
  store <2 x float> %pair0, ptr %p0, align 4
  %pair1 = shufflevector <8 x float> %a_values, <8 x float> poison, <2 x i32> <i32 2, i32 3>
  store <2 x float> %pair1, ptr %p1, align 4
  %pair2 = shufflevector <8 x float> %a_values, <8 x float> poison, <2 x i32> <i32 4, i32 5>
  store <2 x float> %pair2, ptr %p2, align 4
  %pair3 = shufflevector <8 x float> %a_values, <8 x float> poison, <2 x i32> <i32 6, i32 7>
  store <2 x float> %pair3, ptr %p3, align 4
  %one0 = extractelement <4 x float> %b_values, i32 0
  store float %one0, ptr %b_place
  %one1 = extractelement <4 x float> %b_values, i32 1
  store float %one1, ptr %b_place1
  %one2 = extractelement <4 x float> %b_values, i32 2
  store float %one2, ptr %b_place2
  %one3 = extractelement <4 x float> %b_values, i32 3
  store float %one3, ptr %b_place3
  ret void
single:
  %t4 = add i32 %t, 4
  %s0 = and i32 %a0, -8192
  %s1 = and i32 %a1, -8192
  %s2 = and i32 %a2, -8192
  %s3 = and i32 %a3, -8192
  %s4 = and i32 %b0, -8192
  %s5 = and i32 %b1, -8192
  %q0 = getelementptr i32, ptr %g_row, i32 %t
  store i32 %s0, ptr %q0
  %q1 = getelementptr i32, ptr %g8_row, i32 %t
  store i32 %s1, ptr %q1
  %q2 = getelementptr i32, ptr %g_row, i32 %t4
  store i32 %s2, ptr %q2
  %q3 = getelementptr i32, ptr %g8_row, i32 %t4
  store i32 %s3, ptr %q3
  %u_row = getelementptr [8 x float], ptr %b, i32 %t
  %q4 = getelementptr i32, ptr %u_row, i32 %g
  store i32 %s4, ptr %q4
  %u4_row = getelementptr [8 x float], ptr %b, i32 %t4
  %q5 = getelementptr i32, ptr %u4_row, i32 %g
  store i32 %s5, ptr %q5
  ret void
}

define internal void @mma(ptr %warp, i32 %detail) noinline {
entry:
  %at_need = getelementptr i8, ptr %warp, i64 $W_NEED
  %need = load i32, ptr %at_need
  %is_whole = icmp eq i32 %need, 32
  br i1 %is_whole, label %spreading, label %partial
partial:
  call void @fail(i32 $FAULT_DIVERGENT, i64 $KIND_MMA, i64 0)
  unreachable
spreading:
  %s = phi i32 [ 0, %entry ], [ %s_next, %spreading ]
  call void @spread(ptr %warp, i32 %s, i32 %detail)
  %s_next = add i32 %s, 1
  %is_spread = icmp eq i32 %s_next, 32
  br i1 %is_spread, label %begin, label %spreading
begin:
  %is_single = icmp eq i32 %detail, 2
  %depth = select i1 %is_single, i32 8, i32 16
  %a = getelementptr i8, ptr %warp, i64 $W_A
  %b = getelementptr i8, ptr %warp, i64 $W_B
  %c = getelementptr i8, ptr %warp, i64 $W_C
  br label %row
row:
  %i = phi i32 [ 0, %begin ], [ %i_next, %row_end ]
  %a_row = getelementptr [16 x float], ptr %a, i32 %i
  %c_row = getelementptr [8 x float], ptr %c, i32 %i
  %c_values = load <8 x float>, ptr %c_row, align 32
  br label %step
step:
  %k = phi i32 [ 0, %row ], [ %k_next, %step ]
  %sum = phi <8 x float> [ %c_values, %row ], [ %sum_next, %step ]
  %a_place = getelementptr float, ptr %a_row, i32 %k
  %a_value = load float, ptr %a_place
  %a_one = insertelement <8 x float> poison, float %a_value, i32 0
  %a_all = shufflevector <8 x float> %a_one, <8 x float> poison, <8 x i32> zeroinitializer
  %b_row = getelementptr [8 x float], ptr %b, i32 %k
  %b_values = load <8 x float>, ptr %b_row, align 32
  %product = fmul <8 x float> %a_all, %b_values
  %sum_next = fadd <8 x float> %sum, %product
  %k_next = add i32 %k, 1
  %is_last_step = icmp eq i32 %k_next, %depth
  br i1 %is_last_step, label %row_end, label %step
row_end:
  store <8 x float> %sum_next, ptr %c_row, align 32
  %i_next = add i32 %i, 1
  %is_last_row = icmp eq i32 %i_next, 16
  br i1 %is_last_row, label %handing, label %row
handing:
  %l = phi i32 [ 0, %row_end ], [ %l_next, %handing ]
  %g = lshr i32 %l, 2
  %t = and i32 %l, 3
  %t2 = shl i32 %t, 1
  %g8 = add i32 %g, 8
  %low_row = getelementptr [8 x float], ptr %c, i32 %g
  %low_place = getelementptr float, ptr %low_row, i32 %t2
  %low = load <2 x float>, ptr %low_place, align 4
  %high_row = getelementptr [8 x float], ptr %c, i32 %g8
  %high_place = getelementptr float, ptr %high_row, i32 %t2
  %high = load <2 x float>, ptr %high_place, align 4
  %out = getelementptr i8, ptr %warp, i64 $W_OUT
  %own = getelementptr [16 x i8], ptr %out, i32 %l
  store <2 x float> %low, ptr %own, align 4
  %beside = getelementptr i8, ptr %own, i64 8
  store <2 x float> %high, ptr %beside, align 4
  %l_next = add i32 %l, 1
  %is_handed = icmp eq i32 %l_next, 32
  br i1 %is_handed, label %end, label %handing
end:
  ret void
}
"""
