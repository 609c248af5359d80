"""What threads of the simulated device do together, as LLVM IR: barriers, warps, copies.

A thread of a warp leaves what it brings in the warp's record and goes on to others; the last one
to come does the work for all. Copies that don't wait are done when somebody waits for them, as late
as they may be: who forgets to wait reads what was there before.
Source of which lane holds what: the PTX ISA, sections `ldmatrix` and `mma.m16n8k16`.
"""

from __future__ import annotations

from typing import Final

MEETINGS: Final = r"""
define void @foldaway_sim_barrier() noinline {
entry:
  %record = load ptr, ptr $$CURRENT
  %waiting = load i32, ptr $$WAITING
  %threads = load i32, ptr $$THREADS
  %now = add i32 %waiting, 1
  %is_last = icmp eq i32 %now, %threads
  br i1 %is_last, label %last, label %wait
last:
  store i32 0, ptr $$WAITING
  call void @release_with(i32 0, i32 %threads, ptr %record)
  br label %end
wait:
  store i32 %now, ptr $$WAITING
  %at_status = getelementptr i8, ptr %record, i64 $T_STATUS
  store i32 1, ptr %at_status
  call void @next(ptr %record)
  br label %end
end:
  ret void
}

; Waits for the other threads of the warp, which must come to the same place, and does what is meant
; with what they brought.
define void @foldaway_sim_meet(i32 %kind, i32 %detail) noinline {
entry:
  %site = call ptr @llvm.returnaddress(i32 0)
  %record = load ptr, ptr $$CURRENT
  %at_warp = getelementptr i8, ptr %record, i64 $T_WARP
  %warp = load ptr, ptr %at_warp
  %arrived = load i32, ptr %warp
  %at_kind = getelementptr i8, ptr %warp, i64 $W_KIND
  %at_site = getelementptr i8, ptr %warp, i64 $W_SITE
  %high = shl i32 %detail, 8
  %what = or i32 %kind, %high
  %is_first = icmp eq i32 %arrived, 0
  br i1 %is_first, label %first, label %compare
first:
  store i32 %what, ptr %at_kind
  store ptr %site, ptr %at_site
  br label %count
compare:
  %their_what = load i32, ptr %at_kind
  %their_site = load ptr, ptr %at_site
  %is_what = icmp eq i32 %what, %their_what
  %is_site = icmp eq ptr %site, %their_site
  %is_same = and i1 %is_what, %is_site
  br i1 %is_same, label %count, label %divergent
divergent:
  %theirs = zext i32 %their_what to i64
  %own = zext i32 %what to i64
  call void @fail(i32 $FAULT_DIVERGENT, i64 %theirs, i64 %own)
  unreachable
count:
  %now = add i32 %arrived, 1
  %at_need = getelementptr i8, ptr %warp, i64 $W_NEED
  %need = load i32, ptr %at_need
  %is_last = icmp eq i32 %now, %need
  br i1 %is_last, label %last, label %wait
last:
  store i32 0, ptr %warp
  call void @work(ptr %warp, i32 %kind, i32 %detail, i32 %need)
  %at_base = getelementptr i8, ptr %warp, i64 $W_BASE
  %base = load i32, ptr %at_base
  call void @release_with(i32 %base, i32 %need, ptr %record)
  br label %end
wait:
  store i32 %now, ptr %warp
  %at_status = getelementptr i8, ptr %record, i64 $T_STATUS
  store i32 2, ptr %at_status
  call void @next(ptr %record)
  br label %end
end:
  ret void
}

define internal void @work(ptr %warp, i32 %kind, i32 %detail, i32 %need) noinline {
entry:
  switch i32 %kind, label %end [
    i32 $KIND_SHUFFLE, label %shuffle
    i32 $KIND_VOTE, label %vote
    i32 $KIND_MATRIX_LOAD, label %matrix_load
    i32 $KIND_MMA, label %mma
  ]
shuffle:
  call void @shuffle(ptr %warp, i32 %need)
  ret void
vote:
  call void @vote(ptr %warp, i32 %need)
  ret void
matrix_load:
  call void @matrix_load(ptr %warp, i32 %detail, i32 %need)
  ret void
mma:
  call void @mma(ptr %warp, i32 %detail)
  ret void
end:
  ret void
}

; A lane that isn't there gives a value of ones.
define internal void @shuffle(ptr %warp, i32 %need) noinline {
entry:
  %in = getelementptr i8, ptr %warp, i64 $W_IN
  %out = getelementptr i8, ptr %warp, i64 $W_OUT
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i_next, %store ]
  %box = getelementptr [64 x i8], ptr %in, i32 %i
  %at_from = getelementptr i8, ptr %box, i64 8
  %from = load i32, ptr %at_from
  %is_there = icmp ult i32 %from, %need
  br i1 %is_there, label %take, label %store
take:
  %other = getelementptr [64 x i8], ptr %in, i32 %from
  %taken = load i64, ptr %other
  br label %store
store:
  %value = phi i64 [ -1, %loop ], [ %taken, %take ]
  %place = getelementptr [16 x i8], ptr %out, i32 %i
  store i64 %value, ptr %place
  %i_next = add i32 %i, 1
  %is_last = icmp eq i32 %i_next, %need
  br i1 %is_last, label %end, label %loop
end:
  ret void
}

define internal void @vote(ptr %warp, i32 %need) noinline {
entry:
  %in = getelementptr i8, ptr %warp, i64 $W_IN
  %out = getelementptr i8, ptr %warp, i64 $W_OUT
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i_next, %loop ]
  %mask = phi i32 [ 0, %entry ], [ %mask_next, %loop ]
  %box = getelementptr [64 x i8], ptr %in, i32 %i
  %said = load i32, ptr %box
  %bit = shl i32 %said, %i
  %mask_next = or i32 %mask, %bit
  %i_next = add i32 %i, 1
  %is_last = icmp eq i32 %i_next, %need
  br i1 %is_last, label %tell, label %loop
tell:
  %k = phi i32 [ 0, %loop ], [ %k_next, %tell ]
  %place = getelementptr [16 x i8], ptr %out, i32 %k
  store i32 %mask_next, ptr %place
  %k_next = add i32 %k, 1
  %is_told = icmp eq i32 %k_next, %need
  br i1 %is_told, label %end, label %tell
end:
  ret void
}
"""

COPIES: Final = r"""
define internal void @check_copies(ptr %record) noinline {
entry:
  %at_first = getelementptr i8, ptr %record, i64 $T_FIRST
  %first = load i32, ptr %at_first
  %at_last = getelementptr i8, ptr %record, i64 $T_LAST
  %last = load i32, ptr %at_last
  %is_none = icmp eq i32 %first, %last
  br i1 %is_none, label %end, label %some
some:
  %count = sub i32 %last, %first
  %count64 = zext i32 %count to i64
  call void @fail(i32 $FAULT_UNAWAITED, i64 %count64, i64 0)
  unreachable
end:
  ret void
}

define internal ptr @copy_place(ptr %record, i32 %number) alwaysinline {
  %at_index = getelementptr i8, ptr %record, i64 $T_INDEX
  %index = load i32, ptr %at_index
  %before = mul i32 %index, $MOST_COPIES
  %low = and i32 %number, 255
  %slot = add i32 %before, %low
  %place = getelementptr [32 x i8], ptr $$COPIES, i32 %slot
  ret ptr %place
}

define void @foldaway_sim_start_copy(ptr %to, ptr %from, i32 %bytes, i32 %read) noinline {
entry:
  %to_number = ptrtoint ptr %to to i64
  %from_number = ptrtoint ptr %from to i64
  %both = or i64 %to_number, %from_number
  %bytes64 = zext i32 %bytes to i64
  %mask = sub i64 %bytes64, 1
  %low = and i64 %both, %mask
  %is_aligned = icmp eq i64 %low, 0
  br i1 %is_aligned, label %aligned, label %misaligned
misaligned:
  %to_low = and i64 %to_number, %mask
  %is_to = icmp ne i64 %to_low, 0
  %culprit = select i1 %is_to, i64 %to_number, i64 %from_number
  call void @fail(i32 $FAULT_MISALIGNED, i64 %culprit, i64 %bytes64)
  unreachable
aligned:
  %record = load ptr, ptr $$CURRENT
  %at_first = getelementptr i8, ptr %record, i64 $T_FIRST
  %first = load i32, ptr %at_first
  %at_last = getelementptr i8, ptr %record, i64 $T_LAST
  %last = load i32, ptr %at_last
  %count = sub i32 %last, %first
  %is_full = icmp uge i32 %count, $MOST_COPIES
  br i1 %is_full, label %full, label %keep
full:
  call void @fail(i32 $FAULT_TOO_MANY_COPIES, i64 0, i64 0)
  unreachable
keep:
  %place = call ptr @copy_place(ptr %record, i32 %last)
  store ptr %to, ptr %place
  %at_from = getelementptr i8, ptr %place, i64 $C_FROM
  store ptr %from, ptr %at_from
  %at_bytes = getelementptr i8, ptr %place, i64 $C_BYTES
  store i32 %bytes, ptr %at_bytes
  %is_much = icmp ugt i32 %read, %bytes
  %read_most = select i1 %is_much, i32 %bytes, i32 %read
  %at_read = getelementptr i8, ptr %place, i64 $C_READ
  store i32 %read_most, ptr %at_read
  %at_commits = getelementptr i8, ptr %record, i64 $T_COMMITS
  %group = load i32, ptr %at_commits
  %at_group = getelementptr i8, ptr %place, i64 $C_GROUP
  store i32 %group, ptr %at_group
  %last_next = add i32 %last, 1
  store i32 %last_next, ptr %at_last
  ret void
}

define void @foldaway_sim_commit_copies() noinline {
  %record = load ptr, ptr $$CURRENT
  %at_commits = getelementptr i8, ptr %record, i64 $T_COMMITS
  %commits = load i32, ptr %at_commits
  %commits_next = add i32 %commits, 1
  store i32 %commits_next, ptr %at_commits
  ret void
}

define void @foldaway_sim_wait_copies(i32 %pending) noinline {
entry:
  %record = load ptr, ptr $$CURRENT
  %at_commits = getelementptr i8, ptr %record, i64 $T_COMMITS
  %commits = load i32, ptr %at_commits
  %limit = sub i32 %commits, %pending
  %at_first = getelementptr i8, ptr %record, i64 $T_FIRST
  %begin = load i32, ptr %at_first
  %at_last = getelementptr i8, ptr %record, i64 $T_LAST
  %last = load i32, ptr %at_last
  br label %loop
loop:
  %first = phi i32 [ %begin, %entry ], [ %first_next, %copy ]
  %is_over = icmp eq i32 %first, %last
  br i1 %is_over, label %end, label %look
look:
  %place = call ptr @copy_place(ptr %record, i32 %first)
  %at_group = getelementptr i8, ptr %place, i64 $C_GROUP
  %group = load i32, ptr %at_group
  %is_meant = icmp slt i32 %group, %limit
  br i1 %is_meant, label %copy, label %end
copy:
  %to = load ptr, ptr %place
  %at_from = getelementptr i8, ptr %place, i64 $C_FROM
  %from = load ptr, ptr %at_from
  %at_bytes = getelementptr i8, ptr %place, i64 $C_BYTES
  %bytes = load i32, ptr %at_bytes
  %at_read = getelementptr i8, ptr %place, i64 $C_READ
  %read = load i32, ptr %at_read
  %read64 = zext i32 %read to i64
  %rest = sub i32 %bytes, %read
  %rest64 = zext i32 %rest to i64
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 %read64, i1 0)
  %behind = getelementptr i8, ptr %to, i64 %read64
  call void @llvm.memset.p0.i64(ptr %behind, i8 0, i64 %rest64, i1 0)
  %first_next = add i32 %first, 1
  br label %loop
end:
  store i32 %first, ptr %at_first
  ret void
}

define void @foldaway_sim_misaligned(ptr %address, i64 %alignment) noinline noreturn {
  %number = ptrtoint ptr %address to i64
  call void @fail(i32 $FAULT_MISALIGNED, i64 %number, i64 %alignment)
  unreachable
}
"""

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

; An element of 16 bits as f32: 0 is f16, 1 is bf16. Every number keeps its value.
define internal float @widened(i32 %bits, i32 %format) alwaysinline {
  %up = shl i32 %bits, 16
  %brain = bitcast i32 %up to float
  %sign = and i32 %up, -2147483648
  %rest = and i32 %bits, 32767
  %moved = shl i32 %rest, 13
  %small = bitcast i32 %moved to float
  %scaled = fmul float %small, 0x46F0000000000000
  %scaled_bits = bitcast float %scaled to i32
  %is_special = icmp uge i32 %rest, 31744
  %special = or i32 %moved, 2139095040
  %magnitude = select i1 %is_special, i32 %special, i32 %scaled_bits
  %signed = or i32 %magnitude, %sign
  %half = bitcast i32 %signed to float
  %is_half = icmp eq i32 %format, 0
  %value = select i1 %is_half, float %half, float %brain
  ret float %value
}

; Writes the two elements of a word beside each other, or `step` elements apart.
define internal void @unpack(i32 %word, i32 %format, ptr %to, i64 %step) alwaysinline {
  %low = and i32 %word, 65535
  %high = lshr i32 %word, 16
  %a = call float @widened(i32 %low, i32 %format)
  %b = call float @widened(i32 %high, i32 %format)
  store float %a, ptr %to
  %beside = getelementptr float, ptr %to, i64 %step
  store float %b, ptr %beside
  ret void
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
  %p0 = getelementptr float, ptr %g_row, i32 %t2
  call void @unpack(i32 %a0, i32 %format, ptr %p0, i64 1)
  %p1 = getelementptr float, ptr %g8_row, i32 %t2
  call void @unpack(i32 %a1, i32 %format, ptr %p1, i64 1)
  %t2_8 = add i32 %t2, 8
  %p2 = getelementptr float, ptr %g_row, i32 %t2_8
  call void @unpack(i32 %a2, i32 %format, ptr %p2, i64 1)
  %p3 = getelementptr float, ptr %g8_row, i32 %t2_8
  call void @unpack(i32 %a3, i32 %format, ptr %p3, i64 1)
  %b_row = getelementptr [8 x float], ptr %b, i32 %t2
  %b_place = getelementptr float, ptr %b_row, i32 %g
  call void @unpack(i32 %b0, i32 %format, ptr %b_place, i64 8)
  %b8_row = getelementptr [8 x float], ptr %b, i32 %t2_8
  %b8_place = getelementptr float, ptr %b8_row, i32 %g
  call void @unpack(i32 %b1, i32 %format, ptr %b8_place, i64 8)
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
