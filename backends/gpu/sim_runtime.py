"""The simulated device's scheduler as LLVM IR: threads as coroutines.

Threads of a kernel that waits for nobody are rounds of a loop. Those of another have a stack each,
and one goes on to the next where it has to wait. A fault leaves all stacks as they are and goes
back to the launch.
"""

from __future__ import annotations

from typing import Final

DECLARATIONS: Final = r"""
@foldaway_sim_state = external global i8, align 4096
@foldaway_sim_lock = external global i32, align 4
declare i32 @sched_yield()
declare ptr @pthread_self()
declare i32 @sigaction(i32, ptr, ptr)
declare i32 @sigaltstack(ptr, ptr)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare ptr @llvm.returnaddress(i32)
"""

THREADS: Final = r"""
; Returns the thread whose turn it is, null if none may run: the one that has waited longest, or, in
; some orders, shortest, so that a warp gets far ahead of others.
define internal ptr @take() alwaysinline {
entry:
  %head = load i32, ptr $$HEAD
  %tail = load i32, ptr $$TAIL
  %is_empty = icmp eq i32 %head, %tail
  br i1 %is_empty, label %nobody, label %some
nobody:
  ret ptr null
some:
  %ordered = load i32, ptr $$ORDERED
  %bit = and i32 %ordered, $LATEST_FIRST
  %is_latest = icmp ne i32 %bit, 0
  br i1 %is_latest, label %latest, label %longest
latest:
  %last = sub i32 %tail, 1
  store i32 %last, ptr $$TAIL
  br label %found
longest:
  %head_next = add i32 %head, 1
  store i32 %head_next, ptr $$HEAD
  br label %found
found:
  %number = phi i32 [ %last, %latest ], [ %head, %longest ]
  %place = and i32 %number, 1023
  %slot = getelementptr ptr, ptr $$RING, i32 %place
  %record = load ptr, ptr %slot
  ret ptr %record
}

; Lets the next thread run that may; comes back when it is this one's turn again.
define internal void @next(ptr %record) noinline {
entry:
  %other = call ptr @take()
  %is_nobody = icmp eq ptr %other, null
  br i1 %is_nobody, label %nobody, label %some
some:
  %is_self = icmp eq ptr %other, %record
  br i1 %is_self, label %end, label %go
go:
  store ptr %other, ptr $$CURRENT
  %at_stack = getelementptr i8, ptr %other, i64 $T_STACK
  %stack = load ptr, ptr %at_stack
  %at_own = getelementptr i8, ptr %record, i64 $T_STACK
  call void @switch(ptr %at_own, ptr %stack)
  br label %end
nobody:
  %done = load i32, ptr $$DONE
  %threads = load i32, ptr $$THREADS
  %is_over = icmp eq i32 %done, %threads
  br i1 %is_over, label %over, label %stuck
over:
  %main = load ptr, ptr $$MAIN
  call void @switch(ptr $$LEFT, ptr %main)
  unreachable
stuck:
  %waiting = load i32, ptr $$WAITING
  %waiting64 = zext i32 %waiting to i64
  %done64 = zext i32 %done to i64
  call void @fail(i32 $FAULT_DEADLOCK, i64 %waiting64, i64 %done64)
  unreachable
end:
  ret void
}

define internal void @may_run(ptr %record) alwaysinline {
  %tail = load i32, ptr $$TAIL
  %place = and i32 %tail, 1023
  %slot = getelementptr ptr, ptr $$RING, i32 %place
  store ptr %record, ptr %slot
  %tail_next = add i32 %tail, 1
  store i32 %tail_next, ptr $$TAIL
  ret void
}

; Gives the launch up.
define internal void @fail(i32 %fault, i64 %a, i64 %b) noinline noreturn {
  call void @note(i32 %fault, i64 %a, i64 %b)
  %main = load ptr, ptr $$MAIN
  call void @switch(ptr $$LEFT, ptr %main)
  unreachable
}

; Keeps what went wrong, unless somebody has still to hear of another.
define internal void @note(i32 %fault, i64 %a, i64 %b) noinline {
entry:
  store i32 %fault, ptr $$FAILED
  %before = load i32, ptr $$FAULT
  %is_first = icmp eq i32 %before, 0
  br i1 %is_first, label %keep, label %end
keep:
  store i32 %fault, ptr $$FAULT
  store i64 %a, ptr $$FAULT_A
  store i64 %b, ptr $$FAULT_B
  %number = load i64, ptr $$NUMBER
  store i64 %number, ptr $$FAULT_KERNEL
  call void @llvm.memcpy.p0.p0.i64(ptr $$FAULT_BLOCK, ptr $$BLOCK_X, i64 12, i1 0)
  %current = load ptr, ptr $$CURRENT
  %at_x = getelementptr i8, ptr %current, i64 $T_X
  call void @llvm.memcpy.p0.p0.i64(ptr $$FAULT_THREAD, ptr %at_x, i64 12, i1 0)
  br label %end
end:
  ret void
}

; Where a thread begins.
define internal void @start() noinline {
  %code = load ptr, ptr $$KERNEL
  %parameters = load ptr, ptr $$PARAMETERS
  call void %code(ptr %parameters)
  %record = load ptr, ptr $$CURRENT
  %at_status = getelementptr i8, ptr %record, i64 $T_STATUS
  store i32 3, ptr %at_status
  %done = load i32, ptr $$DONE
  %done_next = add i32 %done, 1
  store i32 %done_next, ptr $$DONE
  call void @check_copies(ptr %record)
  call void @next(ptr %record)
  unreachable
}

; Where the one coroutine begins whose rounds are the threads of a block.
define internal void @start_all() noinline {
entry:
  %code = load ptr, ptr $$KERNEL
  %parameters = load ptr, ptr $$PARAMETERS
  %threads = load i32, ptr $$THREADS
  %ordered = load i32, ptr $$ORDERED
  %by_table = and i32 %ordered, $BY_TABLE
  %is_ordered = icmp ne i32 %by_table, 0
  %rounds = select i1 %is_ordered, i32 $MOST_THREADS, i32 %threads
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i_next, %latch ]
  %slot = getelementptr i16, ptr $$ORDER, i32 %i
  %ordinal = load i16, ptr %slot
  %ordinal32 = zext i16 %ordinal to i32
  %index = select i1 %is_ordered, i32 %ordinal32, i32 %i
  %is_there = icmp ult i32 %index, %threads
  br i1 %is_there, label %run, label %latch
run:
  %offset = mul i32 %index, $T_SIZE
  %record = getelementptr i8, ptr $$RECORDS, i32 %offset
  store ptr %record, ptr $$CURRENT
  call void %code(ptr %parameters)
  br label %latch
latch:
  %i_next = add i32 %i, 1
  %is_last = icmp eq i32 %i_next, %rounds
  br i1 %is_last, label %end, label %loop
end:
  %main = load ptr, ptr $$MAIN
  call void @switch(ptr $$LEFT, ptr %main)
  unreachable
}

; Writes a stack on which a function begins when it is switched to.
define internal void @begin_with(ptr %record, ptr %function) alwaysinline {
  %at_index = getelementptr i8, ptr %record, i64 $T_INDEX
  %index = load i32, ptr %at_index
  %index_up = add i32 %index, 1
  %offset = mul i32 %index_up, $STACK_STRIDE
  ; Stacks begin at different places of a page, for the sake of the first cache.
  %class = and i32 %index, 7
  %shift = mul i32 %class, 512
  %below = add i32 %shift, $FRAME
  %place = sub i32 %offset, %below
  %stack = getelementptr i8, ptr $$STACKS, i32 %place
  call void @llvm.memset.p0.i64(ptr align 16 %stack, i8 0, i64 $FRAME, i1 0)
  %at_return = getelementptr i8, ptr %stack, i64 $RETURN
  store ptr %function, ptr %at_return
  %at_stack = getelementptr i8, ptr %record, i64 $T_STACK
  store ptr %stack, ptr %at_stack
  ret void
}

define internal void @number_threads() noinline {
entry:
  %threads = load i32, ptr $$THREADS
  %dim_x = load i32, ptr $$DIM_X
  %dim_y = load i32, ptr $$DIM_Y
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i_next, %loop ]
  %x = phi i32 [ 0, %entry ], [ %x_new, %loop ]
  %y = phi i32 [ 0, %entry ], [ %y_new, %loop ]
  %z = phi i32 [ 0, %entry ], [ %z_new, %loop ]
  %offset = mul i32 %i, $T_SIZE
  %record = getelementptr i8, ptr $$RECORDS, i32 %offset
  %at_x = getelementptr i8, ptr %record, i64 $T_X
  store i32 %x, ptr %at_x
  %at_y = getelementptr i8, ptr %record, i64 $T_Y
  store i32 %y, ptr %at_y
  %at_z = getelementptr i8, ptr %record, i64 $T_Z
  store i32 %z, ptr %at_z
  %at_index = getelementptr i8, ptr %record, i64 $T_INDEX
  store i32 %i, ptr %at_index
  %warp = lshr i32 %i, 5
  %warp_offset = mul i32 %warp, $W_SIZE
  %warp_record = getelementptr i8, ptr $$WARPS, i32 %warp_offset
  %at_warp = getelementptr i8, ptr %record, i64 $T_WARP
  store ptr %warp_record, ptr %at_warp
  %at_base = getelementptr i8, ptr %warp_record, i64 $W_BASE
  %base = and i32 %i, -32
  store i32 %base, ptr %at_base
  %at_need = getelementptr i8, ptr %warp_record, i64 $W_NEED
  %lane = and i32 %i, 31
  %need = add i32 %lane, 1
  store i32 %need, ptr %at_need
  %x1 = add i32 %x, 1
  %x_over = icmp eq i32 %x1, %dim_x
  %x_new = select i1 %x_over, i32 0, i32 %x1
  %y1 = add i32 %y, 1
  %y_over = icmp eq i32 %y1, %dim_y
  %y2 = select i1 %y_over, i32 0, i32 %y1
  %y_new = select i1 %x_over, i32 %y2, i32 %y
  %both = and i1 %x_over, %y_over
  %z1 = add i32 %z, 1
  %z_new = select i1 %both, i32 %z1, i32 %z
  %i_next = add i32 %i, 1
  %is_last = icmp eq i32 %i_next, %threads
  br i1 %is_last, label %end, label %loop
end:
  ret void
}

; Puts all threads of a warp or a block, or all but one, among those that may run.
define internal void @release(i32 %base, i32 %count, ptr %but) noinline {
entry:
  %ordered = load i32, ptr $$ORDERED
  %by_table = and i32 %ordered, $BY_TABLE
  %is_ordered = icmp ne i32 %by_table, 0
  %rounds = select i1 %is_ordered, i32 $MOST_THREADS, i32 %count
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i_next, %latch ]
  %slot = getelementptr i16, ptr $$ORDER, i32 %i
  %ordinal = load i16, ptr %slot
  %ordinal32 = zext i16 %ordinal to i32
  ; The first one last: it is the first to go on.
  %back = sub i32 %count, %i
  %before = sub i32 %back, 1
  %straight = add i32 %base, %before
  %index = select i1 %is_ordered, i32 %ordinal32, i32 %straight
  %relative = sub i32 %index, %base
  %is_there = icmp ult i32 %relative, %count
  %offset = mul i32 %index, $T_SIZE
  %record = getelementptr i8, ptr $$RECORDS, i32 %offset
  %is_other = icmp ne ptr %record, %but
  %is_meant = and i1 %is_there, %is_other
  br i1 %is_meant, label %free, label %latch
free:
  %at_status = getelementptr i8, ptr %record, i64 $T_STATUS
  store i32 0, ptr %at_status
  call void @may_run(ptr %record)
  br label %latch
latch:
  %i_next = add i32 %i, 1
  %is_last = icmp eq i32 %i_next, %rounds
  br i1 %is_last, label %end, label %loop
end:
  ret void
}

; Lets others of a warp or a block go on, and goes on itself: last where an order is wished for.
define internal void @release_with(i32 %base, i32 %count, ptr %record) noinline {
entry:
  %ordered = load i32, ptr $$ORDERED
  %by_table = and i32 %ordered, $BY_TABLE
  %is_ordered = icmp ne i32 %by_table, 0
  br i1 %is_ordered, label %all, label %others
all:
  call void @release(i32 %base, i32 %count, ptr null)
  call void @next(ptr %record)
  br label %end
others:
  call void @release(i32 %base, i32 %count, ptr %record)
  br label %end
end:
  ret void
}
"""
