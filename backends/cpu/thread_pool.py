"""The threads that share long loops, as machine code, loaded once for the process.

A job is a function, its context, and a count of pieces; whoever takes part takes the next pieces
until there are none. Nobody waits for a worker that comes late, since it finds the job closed.
A caller that finds the pool busy does its work alone. Workers hold nothing of Python.
Source of the shrinking shares: Polychronopoulos and Kuck, Guided self-scheduling, 1987.
"""

from __future__ import annotations

import ctypes
import platform
import re
import sys
from functools import cache

from ...runtime.locks import ForkSafeLock
from ...runtime.threads import PoolState, pool_state
from .effort import Effort
from .executable import Code
from .object_image import LoadedCode
from .stored_code import lasting_code

PARALLEL = "foldaway_parallel"
"""`void @f(ptr %function, ptr %context, i64 %count, i64 %grain)`: calls
`%function(%context, begin, end)` for parts of 0 … `%count`, of `%grain` pieces or more."""

_EFFORT = Effort(optimizer=1, generator=2, interleaved=False, unrolled=False)
_C = (
    *("syscall", "pthread_create", "pthread_detach", "pthread_sigmask"),
    *("sched_getcpu", "sched_getaffinity", "sched_setaffinity"),
)
_PAUSE = {
    "x86_64": (202, 24, "@llvm.x86.sse2.pause()", "@llvm.x86.sse2.pause()"),
    "aarch64": (98, 124, "@llvm.aarch64.hint(i32)", "@llvm.aarch64.hint(i32 1)"),
}
"""Linux's numbers of `futex` and `sched_yield`, and how a loop says that it waits."""


def parallel_address() -> int:
    """Return where the pool's entry is. No thread begins before it has work for several."""
    with _lock:
        return _code().address


_lock = ForkSafeLock()


@cache
def _code() -> Code:
    process = ctypes.CDLL(None)
    symbols = {
        name: ctypes.cast(getattr(process, name), ctypes.c_void_p).value or 0
        for name in _C
        if hasattr(process, name)
    }
    symbols["foldaway_threads"] = pool_state()
    code = lasting_code(pool_text(), PARALLEL, _EFFORT, symbols)
    kept: list[object] = [code]
    if not isinstance(code, LoadedCode):
        from .machine_code import ASSEMBLER

        kept.append(ASSEMBLER)
    # Workers run it for as long as the process lives.
    for needed in kept:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(needed))
    return code


def pool_text() -> str:
    """Return the module for this system; where it isn't Linux the caller works alone."""
    known = _PAUSE.get(platform.machine())
    if known is None or not sys.platform.startswith("linux"):
        return _ALONE
    futex, give_way, declared, pause = known
    words = {"FUTEX": futex, "YIELD": give_way, "DECLARED": declared, "PAUSE": pause}
    places = {field.name: int(field) for field in PoolState}
    return re.sub(r"\$([A-Z]+)", lambda match: str({**places, **words}[match[1]]), _POOL)


_ALONE = f"""
define void @{PARALLEL}(ptr %f, ptr %context, i64 %count, i64 %grain) {{
  call void %f(ptr %context, i64 0, i64 %count)
  ret void
}}
"""

_POOL = r"""
@foldaway_threads = external global [$SIZE x i8], align 64
declare i64 @syscall(i64, ...)
declare i32 @pthread_create(ptr, ptr, ptr, ptr)
declare i32 @pthread_detach(i64)
declare i32 @pthread_sigmask(i32, ptr, ptr)
declare i32 @sched_getcpu()
declare i32 @sched_getaffinity(i32, i64, ptr)
declare i32 @sched_setaffinity(i32, i64, ptr)
declare void $DECLARED

; Takes pieces and does them until there are none: a share of what is left, at least the grain.
define internal void @work() noinline {
entry:
  %at_f = getelementptr i8, ptr @foldaway_threads, i64 $FUNCTION
  %at_context = getelementptr i8, ptr @foldaway_threads, i64 $CONTEXT
  %at_count = getelementptr i8, ptr @foldaway_threads, i64 $COUNT
  %at_grain = getelementptr i8, ptr @foldaway_threads, i64 $GRAIN
  %at_threads = getelementptr i8, ptr @foldaway_threads, i64 $THREADS
  %next = getelementptr i8, ptr @foldaway_threads, i64 $NEXT
  %f = load ptr, ptr %at_f
  %context = load ptr, ptr %at_context
  %count = load i64, ptr %at_count
  %grain = load i64, ptr %at_grain
  %threads = load i64, ptr %at_threads
  %shares = shl i64 %threads, 1
  %now = load atomic i64, ptr %next monotonic, align 64
  br label %again
again:
  %begin = phi i64 [ %now, %entry ], [ %seen, %take ], [ %later, %do ]
  %left = sub i64 %count, %begin
  %is_over = icmp sle i64 %left, 0
  br i1 %is_over, label %done, label %take
take:
  %share = udiv i64 %left, %shares
  %is_small = icmp ult i64 %share, %grain
  %size = select i1 %is_small, i64 %grain, i64 %share
  %is_last = icmp ugt i64 %size, %left
  %piece = select i1 %is_last, i64 %left, i64 %size
  %end = add i64 %begin, %piece
  %pair = cmpxchg ptr %next, i64 %begin, i64 %end monotonic monotonic, align 64
  %seen = extractvalue { i64, i1 } %pair, 0
  %is_mine = extractvalue { i64, i1 } %pair, 1
  br i1 %is_mine, label %do, label %again
do:
  call void %f(ptr %context, i64 %begin, i64 %end)
  %later = load atomic i64, ptr %next monotonic, align 64
  br label %again
done:
  ret void
}

; Leaves the processor that the caller runs on. Where another one only waits, as threads of other
; libraries do, the system takes it for busy and may leave both of ours on one.
define internal void @move_from(i32 %processor) noinline {
entry:
  %all = alloca [16 x i64], align 16
  %rest = alloca [16 x i64], align 16
  %r1 = call i32 @sched_getaffinity(i32 0, i64 128, ptr %all)
  %is_known = icmp sgt i32 %r1, -1
  %is_low = icmp ult i32 %processor, 1024
  %is_possible = and i1 %is_known, %is_low
  br i1 %is_possible, label %move, label %end
move:
  %words = load [16 x i64], ptr %all, align 16
  store [16 x i64] %words, ptr %rest, align 16
  %number = zext i32 %processor to i64
  %index = lshr i64 %number, 6
  %word = getelementptr i64, ptr %rest, i64 %index
  %place = and i64 %number, 63
  %bit = shl i64 1, %place
  %mask = xor i64 %bit, -1
  %old = load i64, ptr %word
  %new = and i64 %old, %mask
  store i64 %new, ptr %word
  %r2 = call i32 @sched_setaffinity(i32 0, i64 128, ptr %rest)
  %r3 = call i32 @sched_setaffinity(i32 0, i64 128, ptr %all)
  br label %end
end:
  ret void
}

; A worker: looks for a new job for a while, then sleeps until one is announced.
define internal ptr @worker(ptr %last) {
entry:
  %sleepers = getelementptr i8, ptr @foldaway_threads, i64 $SLEEPERS
  %at_threads = getelementptr i8, ptr @foldaway_threads, i64 $THREADS
  %job = getelementptr i8, ptr @foldaway_threads, i64 $JOB
  %epoch_at = getelementptr i8, ptr %job, i64 4
  %at_processor = getelementptr i8, ptr @foldaway_threads, i64 $PROCESSOR
  %first = ptrtoint ptr %last to i64
  br label %idle
idle:
  %known = phi i64 [ %first, %entry ], [ %epoch, %closed ], [ %epoch, %leave ]
  br label %spin
spin:
  %k = phi i64 [ 0, %idle ], [ %k_next, %still ], [ %k_next, %polite ]
  %j1 = load atomic i64, ptr %job acquire, align 64
  %e1 = lshr i64 %j1, 32
  %is_new = icmp ne i64 %e1, %known
  br i1 %is_new, label %look, label %still
still:
  call void $PAUSE
  %k_next = add i64 %k, 1
  %turn = and i64 %k_next, 1023
  %is_turn = icmp eq i64 %turn, 0
  br i1 %is_turn, label %polite, label %spin
; Who has the work may be waiting for this very processor.
polite:
  %rc3 = call i64 (i64, ...) @syscall(i64 $YIELD)
  %is_long = icmp eq i64 %k_next, 4096
  br i1 %is_long, label %tired, label %spin
tired:
  %before = atomicrmw add ptr %sleepers, i32 1 seq_cst
  %j2 = load atomic i64, ptr %job seq_cst, align 64
  %e2 = lshr i64 %j2, 32
  %is_new2 = icmp ne i64 %e2, %known
  br i1 %is_new2, label %awake, label %sleep
sleep:
  %known32 = trunc i64 %known to i32
  %rc = call i64 (i64, ...) @syscall(i64 $FUTEX, ptr %epoch_at, i32 128, i32 %known32, ptr null,
    ptr null, i32 0)
  br label %awake
awake:
  %after = atomicrmw sub ptr %sleepers, i32 1 seq_cst
  %j3 = load atomic i64, ptr %job acquire, align 64
  %e3 = lshr i64 %j3, 32
  %is_new3 = icmp ne i64 %e3, %known
  br i1 %is_new3, label %look, label %tired
look:
  %j = phi i64 [ %j1, %spin ], [ %j3, %awake ], [ %j_seen, %join ]
  %epoch = lshr i64 %j, 32
  %open = and i64 %j, 65536
  %is_closed = icmp eq i64 %open, 0
  %inside = and i64 %j, 65535
  %threads = load atomic i64, ptr %at_threads monotonic, align 8
  %others = add i64 %inside, 1
  %is_full = icmp sge i64 %others, %threads
  %no = or i1 %is_closed, %is_full
  br i1 %no, label %closed, label %join
closed:
  br label %idle
join:
  %j_more = add i64 %j, 1
  %pair = cmpxchg ptr %job, i64 %j, i64 %j_more acq_rel acquire, align 64
  %j_seen = extractvalue { i64, i1 } %pair, 0
  %is_in = extractvalue { i64, i1 } %pair, 1
  br i1 %is_in, label %inside_job, label %look
inside_job:
  %here = call i32 @sched_getcpu()
  %there = load atomic i32, ptr %at_processor monotonic, align 4
  %is_same = icmp eq i32 %here, %there
  br i1 %is_same, label %move, label %begin
move:
  call void @move_from(i32 %here)
  br label %begin
begin:
  call void @work()
  br label %leave
leave:
  %j_before = atomicrmw sub ptr %job, i64 1 release
  br label %idle
}

; Starts the workers that are missing. They take no signals: these are for Python's threads.
define internal void @start(i32 %have, i32 %want, i64 %epoch) noinline {
entry:
  %started = getelementptr i8, ptr @foldaway_threads, i64 $STARTED
  %all = alloca [16 x i64], align 16
  %old = alloca [16 x i64], align 16
  %thread = alloca i64
  br label %fill
fill:
  %n = phi i64 [ 0, %entry ], [ %n_next, %fill ]
  %word = getelementptr i64, ptr %all, i64 %n
  store i64 -1, ptr %word
  %n_next = add i64 %n, 1
  %is_filled = icmp eq i64 %n_next, 16
  br i1 %is_filled, label %block, label %fill
block:
  %r1 = call i32 @pthread_sigmask(i32 0, ptr %all, ptr %old)
  %last = inttoptr i64 %epoch to ptr
  br label %create
create:
  %i = phi i32 [ %have, %block ], [ %i_next, %made ]
  %r2 = call i32 @pthread_create(ptr %thread, ptr null, ptr @worker, ptr %last)
  %is_made = icmp eq i32 %r2, 0
  br i1 %is_made, label %made, label %end
made:
  %id = load i64, ptr %thread
  %r3 = call i32 @pthread_detach(i64 %id)
  %i_next = add i32 %i, 1
  store i32 %i_next, ptr %started
  %is_enough = icmp sge i32 %i_next, %want
  br i1 %is_enough, label %end, label %create
end:
  %r4 = call i32 @pthread_sigmask(i32 2, ptr %old, ptr null)
  ret void
}

define void @foldaway_parallel(ptr %f, ptr %context, i64 %count, i64 %grain) {
entry:
  %busy = getelementptr i8, ptr @foldaway_threads, i64 $BUSY
  %at_limit = getelementptr i8, ptr @foldaway_threads, i64 $LIMIT
  %limit = load atomic i32, ptr %at_limit monotonic, align 4
  %is_one = icmp sle i32 %limit, 1
  %is_short = icmp sle i64 %count, %grain
  %is_alone = or i1 %is_one, %is_short
  br i1 %is_alone, label %alone, label %try
try:
  %was = load atomic i32, ptr %busy monotonic, align 4
  %is_free = icmp eq i32 %was, 0
  br i1 %is_free, label %lock, label %alone
lock:
  %pair = cmpxchg ptr %busy, i32 0, i32 1 acquire monotonic
  %is_mine = extractvalue { i32, i1 } %pair, 1
  br i1 %is_mine, label %mine, label %alone
alone:
  call void %f(ptr %context, i64 0, i64 %count)
  ret void
mine:
  %job = getelementptr i8, ptr @foldaway_threads, i64 $JOB
  %j = load atomic i64, ptr %job monotonic, align 64
  %epoch = lshr i64 %j, 32
  %above = add i64 %count, %grain
  %above1 = sub i64 %above, 1
  %pieces = udiv i64 %above1, %grain
  %limit64 = zext i32 %limit to i64
  %is_few = icmp ult i64 %pieces, %limit64
  %threads = select i1 %is_few, i64 %pieces, i64 %limit64
  %workers = sub i64 %threads, 1
  %workers32 = trunc i64 %workers to i32
  %started = getelementptr i8, ptr @foldaway_threads, i64 $STARTED
  %have = load i32, ptr %started
  %is_missing = icmp slt i32 %have, %workers32
  br i1 %is_missing, label %more, label %publish
more:
  call void @start(i32 %have, i32 %workers32, i64 %epoch)
  br label %publish
publish:
  %at_f = getelementptr i8, ptr @foldaway_threads, i64 $FUNCTION
  %at_context = getelementptr i8, ptr @foldaway_threads, i64 $CONTEXT
  %at_count = getelementptr i8, ptr @foldaway_threads, i64 $COUNT
  %at_grain = getelementptr i8, ptr @foldaway_threads, i64 $GRAIN
  %at_threads = getelementptr i8, ptr @foldaway_threads, i64 $THREADS
  %next = getelementptr i8, ptr @foldaway_threads, i64 $NEXT
  store ptr %f, ptr %at_f
  store ptr %context, ptr %at_context
  store i64 %count, ptr %at_count
  store i64 %grain, ptr %at_grain
  store atomic i64 %threads, ptr %at_threads monotonic, align 8
  store atomic i64 0, ptr %next monotonic, align 64
  %at_processor = getelementptr i8, ptr @foldaway_threads, i64 $PROCESSOR
  %processor = call i32 @sched_getcpu()
  store atomic i32 %processor, ptr %at_processor monotonic, align 4
  %epoch_now = add i64 %epoch, 1
  %epoch_up = shl i64 %epoch_now, 32
  %j_open = or i64 %epoch_up, 65536
  store atomic i64 %j_open, ptr %job seq_cst, align 64
  %sleepers = getelementptr i8, ptr @foldaway_threads, i64 $SLEEPERS
  %asleep = load atomic i32, ptr %sleepers seq_cst, align 4
  %is_asleep = icmp sgt i32 %asleep, 0
  br i1 %is_asleep, label %wake, label %share
wake:
  %epoch_at = getelementptr i8, ptr %job, i64 4
  %rc = call i64 (i64, ...) @syscall(i64 $FUTEX, ptr %epoch_at, i32 129, i32 %workers32, ptr null,
    ptr null, i32 0)
  br label %share
share:
  call void @work()
  %j_was = atomicrmw and ptr %job, i64 -65537 acq_rel
  br label %wait
wait:
  %k = phi i64 [ 0, %share ], [ %k_next, %wait_on ], [ 0, %give_way ]
  %j_now = load atomic i64, ptr %job acquire, align 64
  %inside = and i64 %j_now, 65535
  %is_over = icmp eq i64 %inside, 0
  br i1 %is_over, label %over, label %wait_on
wait_on:
  call void $PAUSE
  %k_next = add i64 %k, 1
  %is_long = icmp eq i64 %k_next, 1024
  br i1 %is_long, label %give_way, label %wait
give_way:
  %rc2 = call i64 (i64, ...) @syscall(i64 $YIELD)
  br label %wait
over:
  store atomic i32 0, ptr %busy release, align 4
  ret void
}
"""
