"""What threads of the simulated device do together, as LLVM IR: barriers, warps, copies.

A thread of a warp leaves what it brings in the warp's record and goes on to others; the last one
to come does the work for all. Copies that don't wait are done when somebody waits for them, as late
as they may be: who forgets to wait reads what was there before.
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
