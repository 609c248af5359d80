"""How the simulated device notices accesses that aren't the kernel's, as LLVM IR.

Guard zones beside each piece of memory are looked at after a launch. What lies farther away is no
memory at all; while a kernel runs, the signal that an access there raises ends the launch.
"""

from __future__ import annotations

from typing import Final

GUARDS: Final = r"""
; Returns whether all bytes of a guard zone are as they were.
define internal i1 @is_whole(ptr %low, ptr %high) noinline {
entry:
  %low_number = ptrtoint ptr %low to i64
  %high_number = ptrtoint ptr %high to i64
  %count = sub i64 %high_number, %low_number
  %is_empty = icmp eq i64 %count, 0
  br i1 %is_empty, label %end, label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i_next, %loop ]
  %sum = phi i8 [ 0, %entry ], [ %sum_next, %loop ]
  %at = getelementptr i8, ptr %low, i64 %i
  %byte = load i8, ptr %at
  %difference = xor i8 %byte, $GUARD_BYTE
  %sum_next = or i8 %sum, %difference
  %i_next = add nuw i64 %i, 1
  %is_last = icmp eq i64 %i_next, %count
  br i1 %is_last, label %end, label %loop
end:
  %all = phi i8 [ 0, %entry ], [ %sum_next, %loop ]
  %is_good = icmp eq i8 %all, 0
  ret i1 %is_good
}

; Notes the first byte of a guard zone that was written to, and makes it good again.
define internal void @note_damage(i64 %entry_number, ptr %low, ptr %high) noinline {
entry:
  br label %loop
loop:
  %at = phi ptr [ %low, %entry ], [ %at_next, %loop ]
  %byte = load i8, ptr %at
  %at_next = getelementptr i8, ptr %at, i64 1
  %is_whole = icmp eq i8 %byte, $GUARD_BYTE
  br i1 %is_whole, label %loop, label %found
found:
  %address = ptrtoint ptr %at to i64
  call void @note(i32 $FAULT_GUARD, i64 %entry_number, i64 %address)
  call void @fill_guard(ptr %low, ptr %high)
  ret void
}

define internal void @fill_guard(ptr %low, ptr %high) noinline {
  %low_number = ptrtoint ptr %low to i64
  %high_number = ptrtoint ptr %high to i64
  %count = sub i64 %high_number, %low_number
  call void @llvm.memset.p0.i64(ptr %low, i8 $GUARD_BYTE, i64 %count, i1 0)
  ret void
}

define internal void @check_guards() noinline {
entry:
  %count = load i64, ptr $$ALLOCATED
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i_next, %latch ]
  %offset = mul i64 %i, $A_SIZE
  %at_low = getelementptr i8, ptr $$ALLOCATIONS, i64 %offset
  %at_start = getelementptr i8, ptr %at_low, i64 $A_START
  %start = load ptr, ptr %at_start
  %is_free = icmp eq ptr %start, null
  br i1 %is_free, label %latch, label %before
before:
  %low = load ptr, ptr %at_low
  %is_good_before = call i1 @is_whole(ptr %low, ptr %start)
  br i1 %is_good_before, label %after, label %bad_before
bad_before:
  call void @note_damage(i64 %i, ptr %low, ptr %start)
  br label %after
after:
  %at_end = getelementptr i8, ptr %at_low, i64 $A_END
  %end_of_it = load ptr, ptr %at_end
  %at_high = getelementptr i8, ptr %at_low, i64 $A_HIGH
  %high = load ptr, ptr %at_high
  %is_good_after = call i1 @is_whole(ptr %end_of_it, ptr %high)
  br i1 %is_good_after, label %latch, label %bad_after
bad_after:
  call void @note_damage(i64 %i, ptr %end_of_it, ptr %high)
  br label %latch
latch:
  %i_next = add i64 %i, 1
  %is_last = icmp uge i64 %i_next, %count
  br i1 %is_last, label %end, label %loop
end:
  ret void
}

; Shared memory ends where a page ends that nothing follows.
define internal void @place_shared(i32 %bytes) noinline {
  %wide = zext i32 %bytes to i64
  %up = add i64 %wide, 127
  %room = and i64 %up, -128
  %below = sub i64 0, %room
  %high = load ptr, ptr $$SHARED_END
  %start = getelementptr i8, ptr %high, i64 %below
  store ptr %start, ptr $$SHARED
  store i64 %wide, ptr $$SHARED_BYTES
  %low = getelementptr i8, ptr %start, i64 -256
  %end = getelementptr i8, ptr %start, i64 %wide
  call void @write_entry(i64 0, ptr %low, ptr %start, ptr %end, ptr %high)
  ret void
}

define internal void @write_entry(i64 %i, ptr %low, ptr %start, ptr %end, ptr %high) noinline {
  %offset = mul i64 %i, $A_SIZE
  %at_low = getelementptr i8, ptr $$ALLOCATIONS, i64 %offset
  %at_start = getelementptr i8, ptr %at_low, i64 $A_START
  %at_end = getelementptr i8, ptr %at_low, i64 $A_END
  %at_high = getelementptr i8, ptr %at_low, i64 $A_HIGH
  call void @fill_guard(ptr %low, ptr %start)
  call void @fill_guard(ptr %end, ptr %high)
  store ptr %low, ptr %at_low
  store ptr %end, ptr %at_end
  store ptr %high, ptr %at_high
  store ptr %start, ptr %at_start
  ret void
}

; Puts a piece of memory into the table of those that are looked after.
define void @foldaway_sim_publish(i64 %i, ptr %low, ptr %start, ptr %end, ptr %high) {
entry:
  call void @lock()
  call void @write_entry(i64 %i, ptr %low, ptr %start, ptr %end, ptr %high)
  %count = load i64, ptr $$ALLOCATED
  %least = add i64 %i, 1
  %is_more = icmp ugt i64 %least, %count
  %count_new = select i1 %is_more, i64 %least, i64 %count
  store i64 %count_new, ptr $$ALLOCATED
  call void @unlock()
  ret void
}

; Takes it out again.
define void @foldaway_sim_retract(i64 %i) {
  call void @lock()
  %offset = mul i64 %i, $A_SIZE
  %at_low = getelementptr i8, ptr $$ALLOCATIONS, i64 %offset
  %at_start = getelementptr i8, ptr %at_low, i64 $A_START
  store ptr null, ptr %at_start
  call void @unlock()
  ret void
}

; Copies if one side lies in one piece of the device's memory: 0, or 1 if it doesn't.
define internal i32 @copy_checked(ptr %to, ptr %from, i64 %size, ptr %device) noinline {
entry:
  %is_empty = icmp eq i64 %size, 0
  br i1 %is_empty, label %good, label %begin
begin:
  call void @lock()
  %count = load i64, ptr $$ALLOCATED
  %place = ptrtoint ptr %device to i64
  br label %loop
loop:
  %i = phi i64 [ 1, %begin ], [ %i_next, %latch ]
  %is_over = icmp uge i64 %i, %count
  br i1 %is_over, label %bad, label %look
look:
  %offset = mul i64 %i, $A_SIZE
  %at_low = getelementptr i8, ptr $$ALLOCATIONS, i64 %offset
  %at_start = getelementptr i8, ptr %at_low, i64 $A_START
  %at_end = getelementptr i8, ptr %at_low, i64 $A_END
  %start = load i64, ptr %at_start
  %end = load i64, ptr %at_end
  %is_used = icmp ne i64 %start, 0
  %is_after = icmp uge i64 %place, %start
  %is_before = icmp ult i64 %place, %end
  %room = sub i64 %end, %place
  %is_enough = icmp ule i64 %size, %room
  %c1 = and i1 %is_used, %is_after
  %c2 = and i1 %c1, %is_before
  %c3 = and i1 %c2, %is_enough
  br i1 %c3, label %copy, label %latch
latch:
  %i_next = add i64 %i, 1
  br label %loop
copy:
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 %size, i1 0)
  call void @unlock()
  br label %good
bad:
  call void @unlock()
  ret i32 1
good:
  ret i32 0
}

define i32 @foldaway_sim_to_host(ptr %to, ptr %from, i64 %size) {
  %rc = call i32 @copy_checked(ptr %to, ptr %from, i64 %size, ptr %from)
  ret i32 %rc
}

define i32 @foldaway_sim_to_device(ptr %to, ptr %from, i64 %size) {
  %rc = call i32 @copy_checked(ptr %to, ptr %from, i64 %size, ptr %to)
  ret i32 %rc
}
"""

SIGNALS: Final = r"""
; Ends the launch if it is its thread that faults; else the system does what it did before.
define internal void @on_fault(i32 %signal, ptr %information, ptr %context) noinline {
entry:
  %running = load volatile i32, ptr $$RUNNING
  %is_running = icmp ne i32 %running, 0
  %here = call ptr @pthread_self()
  %owner = load ptr, ptr $$OWNER
  %is_owner = icmp eq ptr %here, %owner
  %is_ours = and i1 %is_running, %is_owner
  br i1 %is_ours, label %ours, label %theirs
ours:
  store volatile i32 0, ptr $$RUNNING
  %at_address = getelementptr i8, ptr %information, i64 16
  %address = load i64, ptr %at_address
  $ACCESS
  %signal64 = zext i32 %signal to i64
  %what = or i64 %signal64, %access
  call void @note(i32 $FAULT_SIGNAL, i64 %address, i64 %what)
  %main = load i64, ptr $$MAIN
  %at_stack = getelementptr i8, ptr %context, i64 $AT_STACK
  store i64 %main, ptr %at_stack
  %at_code = getelementptr i8, ptr %context, i64 $AT_CODE
  store ptr @resume, ptr %at_code
  ret void
theirs:
  call void @leave_signal(i32 4, i64 0)
  call void @leave_signal(i32 7, i64 160)
  call void @leave_signal(i32 8, i64 320)
  call void @leave_signal(i32 11, i64 480)
  ret void
}

define internal void @catch_signal(i32 %signal, i64 %offset, ptr %action) noinline {
  %old = getelementptr i8, ptr $$OLD_ACTIONS, i64 %offset
  %rc = call i32 @sigaction(i32 %signal, ptr %action, ptr %old)
  ret void
}

define internal void @leave_signal(i32 %signal, i64 %offset) noinline {
  %old = getelementptr i8, ptr $$OLD_ACTIONS, i64 %offset
  %rc = call i32 @sigaction(i32 %signal, ptr %old, ptr null)
  ret void
}

; The thread's own stack may be what is missing: signals are handled on another one.
define internal void @catch_faults() noinline {
  %own = call ptr @pthread_self()
  store ptr %own, ptr $$OWNER
  %stack = alloca [3 x i64]
  store ptr $$SIGNAL_STACK, ptr %stack
  %at_flags = getelementptr i8, ptr %stack, i64 8
  store i64 0, ptr %at_flags
  %at_size = getelementptr i8, ptr %stack, i64 16
  store i64 65536, ptr %at_size
  %rc = call i32 @sigaltstack(ptr %stack, ptr $$OLD_STACK)
  %action = alloca [20 x i64]
  call void @llvm.memset.p0.i64(ptr %action, i8 0, i64 160, i1 0)
  store ptr @on_fault, ptr %action
  %at_how = getelementptr i8, ptr %action, i64 136
  ; SA_SIGINFO and SA_ONSTACK
  store i32 134217732, ptr %at_how
  call void @catch_signal(i32 4, i64 0, ptr %action)
  call void @catch_signal(i32 7, i64 160, ptr %action)
  call void @catch_signal(i32 8, i64 320, ptr %action)
  call void @catch_signal(i32 11, i64 480, ptr %action)
  ret void
}

define internal void @leave_faults() noinline {
  call void @leave_signal(i32 4, i64 0)
  call void @leave_signal(i32 7, i64 160)
  call void @leave_signal(i32 8, i64 320)
  call void @leave_signal(i32 11, i64 480)
  %rc = call i32 @sigaltstack(ptr $$OLD_STACK, ptr null)
  ret void
}
"""
