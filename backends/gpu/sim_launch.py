"""Launches of the simulated device as LLVM IR: blocks run one after another."""

from __future__ import annotations

from typing import Final

BLOCKS: Final = r"""
define internal void @run_block(i1 %is_collective) noinline {
entry:
  %shared = load ptr, ptr $$SHARED
  %shared_bytes = load i64, ptr $$SHARED_BYTES
  call void @llvm.memset.p0.i64(ptr align 128 %shared, i8 $POISON_BYTE, i64 %shared_bytes, i1 0)
  store i32 0, ptr $$DONE
  store i32 0, ptr $$WAITING
  store i32 0, ptr $$HEAD
  store i32 0, ptr $$TAIL
  %threads = load i32, ptr $$THREADS
  br i1 %is_collective, label %many, label %one
one:
  call void @begin_with(ptr $$RECORDS, ptr @start_all)
  store ptr $$RECORDS, ptr $$CURRENT
  br label %go
many:
  br label %fill
fill:
  %i = phi i32 [ 0, %many ], [ %i_next, %fill ]
  %offset = mul i32 %i, $T_SIZE
  %record = getelementptr i8, ptr $$RECORDS, i32 %offset
  call void @begin_with(ptr %record, ptr @start)
  %at_first = getelementptr i8, ptr %record, i64 $T_FIRST
  store i32 0, ptr %at_first
  %at_last = getelementptr i8, ptr %record, i64 $T_LAST
  store i32 0, ptr %at_last
  %at_commits = getelementptr i8, ptr %record, i64 $T_COMMITS
  store i32 0, ptr %at_commits
  %warp = lshr i32 %i, 5
  %warp_offset = mul i32 %warp, $W_SIZE
  %at_arrived = getelementptr i8, ptr $$WARPS, i32 %warp_offset
  store i32 0, ptr %at_arrived
  %i_next = add i32 %i, 1
  %is_last = icmp eq i32 %i_next, %threads
  br i1 %is_last, label %order, label %fill
order:
  call void @release(i32 0, i32 %threads, ptr null)
  %first = call ptr @take()
  store ptr %first, ptr $$CURRENT
  br label %go
go:
  %chosen = load ptr, ptr $$CURRENT
  %at_stack = getelementptr i8, ptr %chosen, i64 $T_STACK
  %stack = load ptr, ptr %at_stack
  store i32 1, ptr $$RUNNING
  call void @switch(ptr $$MAIN, ptr %stack)
  store i32 0, ptr $$RUNNING
  ret void
}

define internal void @run_blocks(i1 %is_collective) noinline {
entry:
  %grid_x = load i32, ptr $$GRID_X
  %grid_y = load i32, ptr $$GRID_Y
  %grid_z = load i32, ptr $$GRID_Z
  %ordered = load i32, ptr $$ORDERED
  %odd = and i32 %ordered, $LAST_BLOCK_FIRST
  %is_reversed = icmp ne i32 %odd, 0
  br label %loop_z
loop_z:
  %z = phi i32 [ 0, %entry ], [ %z_next, %latch_z ]
  br label %loop_y
loop_y:
  %y = phi i32 [ 0, %loop_z ], [ %y_next, %latch_y ]
  br label %loop_x
loop_x:
  %x = phi i32 [ 0, %loop_y ], [ %x_next, %latch_x ]
  %x_next = add i32 %x, 1
  %y_next = add i32 %y, 1
  %z_next = add i32 %z, 1
  %x_back = sub i32 %grid_x, %x_next
  %y_back = sub i32 %grid_y, %y_next
  %z_back = sub i32 %grid_z, %z_next
  %x_now = select i1 %is_reversed, i32 %x_back, i32 %x
  %y_now = select i1 %is_reversed, i32 %y_back, i32 %y
  %z_now = select i1 %is_reversed, i32 %z_back, i32 %z
  store i32 %x_now, ptr $$BLOCK_X
  store i32 %y_now, ptr $$BLOCK_Y
  store i32 %z_now, ptr $$BLOCK_Z
  call void @run_block(i1 %is_collective)
  %failed = load i32, ptr $$FAILED
  %is_bad = icmp ne i32 %failed, 0
  br i1 %is_bad, label %end, label %latch_x
latch_x:
  %x_over = icmp eq i32 %x_next, %grid_x
  br i1 %x_over, label %latch_y, label %loop_x
latch_y:
  %y_over = icmp eq i32 %y_next, %grid_y
  br i1 %y_over, label %latch_z, label %loop_y
latch_z:
  %z_over = icmp eq i32 %z_next, %grid_z
  br i1 %z_over, label %end, label %loop_z
end:
  ret void
}

; One device of the process works at a time: what the system does at a fault is the process's.
define internal void @lock() noinline {
entry:
  br label %try
try:
  %pair = cmpxchg ptr @foldaway_sim_lock, i32 0, i32 1 acquire monotonic
  %is_mine = extractvalue { i32, i1 } %pair, 1
  br i1 %is_mine, label %end, label %wait
wait:
  %rc = call i32 @sched_yield()
  br label %try
end:
  ret void
}

define internal void @unlock() alwaysinline {
  store atomic i32 0, ptr @foldaway_sim_lock release, align 4
  ret void
}

; CUDA's `cuLaunchKernel`: 0, or 1 for numbers that can't be, 700 for memory that isn't the
; kernel's, 716 for a wrong alignment, 719 for what else a kernel does wrong.
define i32 @foldaway_sim_launch(ptr %handle, i32 %gx, i32 %gy, i32 %gz, i32 %bx, i32 %by, i32 %bz,
    i32 %shared_bytes, ptr %stream, ptr %parameters, ptr %extra) {
entry:
  %at_x = getelementptr i8, ptr %handle, i64 $H_X
  %at_y = getelementptr i8, ptr %handle, i64 $H_Y
  %at_z = getelementptr i8, ptr %handle, i64 $H_Z
  %at_shared = getelementptr i8, ptr %handle, i64 $H_SHARED
  %want_x = load i32, ptr %at_x
  %want_y = load i32, ptr %at_y
  %want_z = load i32, ptr %at_z
  %want_shared = load i32, ptr %at_shared
  %bad_x = icmp ne i32 %want_x, %bx
  %bad_y = icmp ne i32 %want_y, %by
  %bad_z = icmp ne i32 %want_z, %bz
  %no_x = icmp slt i32 %gx, 1
  %no_y = icmp slt i32 %gy, 1
  %no_z = icmp slt i32 %gz, 1
  %much_y = icmp sgt i32 %gy, 65535
  %much_z = icmp sgt i32 %gz, 65535
  %little_shared = icmp ult i32 %shared_bytes, %want_shared
  %much_shared = icmp ugt i32 %shared_bytes, $MOST_SHARED
  %b1 = or i1 %bad_x, %bad_y
  %b2 = or i1 %b1, %bad_z
  %b3 = or i1 %b2, %no_x
  %b4 = or i1 %b3, %no_y
  %b5 = or i1 %b4, %no_z
  %b6 = or i1 %b5, %much_y
  %b7 = or i1 %b6, %much_z
  %b8 = or i1 %b7, %little_shared
  %b9 = or i1 %b8, %much_shared
  br i1 %b9, label %invalid, label %go
invalid:
  ret i32 1
go:
  call void @lock()
  store i32 0, ptr $$FAILED
  store i32 %gx, ptr $$GRID_X
  store i32 %gy, ptr $$GRID_Y
  store i32 %gz, ptr $$GRID_Z
  store i32 %bx, ptr $$DIM_X
  store i32 %by, ptr $$DIM_Y
  store i32 %bz, ptr $$DIM_Z
  %xy = mul i32 %bx, %by
  %xyz = mul i32 %xy, %bz
  store i32 %xyz, ptr $$THREADS
  %code = load ptr, ptr %handle
  store ptr %code, ptr $$KERNEL
  store ptr %parameters, ptr $$PARAMETERS
  %at_number = getelementptr i8, ptr %handle, i64 $H_NUMBER
  %number = load i64, ptr %at_number
  store i64 %number, ptr $$NUMBER
  call void @number_threads()
  call void @place_shared(i32 %shared_bytes)
  call void @catch_faults()
  %at_collective = getelementptr i8, ptr %handle, i64 $H_COLLECTIVE
  %collective = load i32, ptr %at_collective
  %is_collective = icmp ne i32 %collective, 0
  call void @run_blocks(i1 %is_collective)
  call void @leave_faults()
  call void @check_guards()
  %failed = load i32, ptr $$FAILED
  call void @unlock()
  switch i32 %failed, label %other [
    i32 $FAULT_NONE, label %good
    i32 $FAULT_GUARD, label %address
    i32 $FAULT_SIGNAL, label %address
    i32 $FAULT_MISALIGNED, label %alignment
  ]
good:
  ret i32 0
address:
  ret i32 700
alignment:
  ret i32 716
other:
  ret i32 719
}
"""
