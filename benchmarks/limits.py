"""What no program on this machine can beat: moving as many bytes, multiplying and adding as often.

They are small functions in LLVM IR, run by as many threads as the contenders have, in turn with
them. The copy is the better one of plain stores and of stores past the cache.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from .case import Call

_llvm: Any = import_module("llvmlite.binding")  # it has no types

_ENOUGH_BYTES = 200e6
_ENOUGH_WORK = 4e8
_STREAMS = 8
"""Vectors that are read in one round."""

_SUMS = 12
"""Independent sums, so that their latency isn't waited for, and registers suffice."""


class Limit(NamedTuple):
    """A contender that does a known share of the work."""

    call: Call
    scale: float
    """The work of the case over that of one call."""


def copies(traffic: float, threads: int) -> dict[str, Limit]:
    """Return ways to move as many bytes as a case, half of them read, in as much memory."""
    lanes = _lanes()
    step = 4 * lanes * threads
    count = max(int(traffic / 8) // step, 1) * step
    source, target = _aligned(count), _aligned(count)
    times = max(int(_ENOUGH_BYTES / (8 * count)), 1)
    part = count // threads
    found: dict[str, Limit] = {}
    for name in ("copy", "copy_past_cache"):
        function = _functions()[name]
        work = [
            (source.ctypes.data + 4 * part * i, target.ctypes.data + 4 * part * i, part, times)
            for i in range(threads)
        ]
        # Keeps both buffers alive as long as their addresses are used.
        run = _in_threads(function, work, (source, target))
        found[name] = Limit(Call(run), traffic / (8.0 * count * times))
    return found


def reads(traffic: float, threads: int) -> dict[str, Limit]:
    """Return the fastest way to read as many bytes as a case."""
    step = 4 * _STREAMS * _lanes() * threads
    size = max(int(traffic) // step, 1) * step
    source, sums = _aligned(size // 4), _aligned(16 * threads)
    times = max(int(_ENOUGH_BYTES / size), 1)
    part = size // threads
    work = [
        (source.ctypes.data + part * i, sums.ctypes.data + 64 * i, part // 4, times)
        for i in range(threads)
    ]
    run = _in_threads(_functions()["read"], work, (source, sums))
    return {"read": Limit(Call(run), traffic / (float(size) * times))}


def arithmetic(work: float, threads: int) -> dict[str, Limit]:
    """Return the fastest way to multiply and add as often as a case."""
    numbers = _aligned(_SUMS * _lanes() * threads)
    each = 2 * _SUMS * _lanes()
    times = max(int(min(work, _ENOUGH_WORK) / each / threads), 1)
    part = _SUMS * _lanes() * 4
    arguments = [(numbers.ctypes.data + part * i, times) for i in range(threads)]
    run = _in_threads(_functions()["arithmetic"], arguments, numbers)
    return {"arithmetic": Limit(Call(run), work / (each * times * threads))}


def _in_threads(
    function: Callable[..., object], work: list[tuple[int, ...]], kept: object
) -> Callable[[], object]:
    if len(work) == 1:
        only = work[0]
        return lambda: (function(*only), kept)
    pool = ThreadPoolExecutor(len(work) - 1)

    def run() -> object:
        others = [pool.submit(function, *arguments) for arguments in work[1:]]
        function(*work[0])
        return [other.result() for other in others]

    return lambda: (run(), kept)


def processor() -> str:
    """Return the name that LLVM has for this processor."""
    return str(_llvm.get_host_cpu_name())


@cache
def _functions() -> dict[str, Callable[..., object]]:
    """Return the machine code; it is never unloaded."""
    _llvm.initialize_native_target()
    _llvm.initialize_native_asmprinter()
    machine = _llvm.Target.from_default_triple().create_target_machine(
        cpu=_llvm.get_host_cpu_name(), features=_llvm.get_host_cpu_features().flatten(), opt=2
    )
    module = _llvm.parse_assembly(_text(_lanes()))
    engine = _llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    _kept.append(engine)
    kinds: dict[str, tuple[Any, ...]] = {
        "copy": (ctypes.c_int64,) * 4,
        "copy_past_cache": (ctypes.c_int64,) * 4,
        "read": (ctypes.c_int64,) * 4,
        "arithmetic": (ctypes.c_int64,) * 2,
    }
    return {
        name: ctypes.CFUNCTYPE(None, *kind)(engine.get_function_address(name))
        for name, kind in kinds.items()
    }


_kept: list[Any] = []


def _lanes() -> int:
    """Return the float32 numbers in the widest register."""
    features = _llvm.get_host_cpu_features()
    return 16 if features.get("avx512f") else 8 if features.get("avx") else 4


def _aligned(count: int) -> Any:
    """Return so many ones, from an address that stores past the cache accept."""
    buffer = np.ones(count + 16, np.float32)
    start = -buffer.ctypes.data % 64 // 4
    return buffer[start : start + count]


def _text(lanes: int) -> str:
    vector = f"<{lanes} x float>"
    past = ", !nontemporal !0"
    return "\n".join(
        [
            _copy_text("copy", vector, lanes, ""),
            _copy_text("copy_past_cache", vector, lanes, past),
            _read_text(vector, lanes),
            _arithmetic_text(vector, lanes),
            f"declare {vector} @llvm.fma.v{lanes}f32({vector}, {vector}, {vector})",
            "!0 = !{i32 1}",
        ]
    )


def _copy_text(name: str, vector: str, lanes: int, mark: str) -> str:
    moves = [
        f"""  %i{k} = add i64 %i, {k * lanes}
  %s{k} = getelementptr float, ptr %source, i64 %i{k}
  %t{k} = getelementptr float, ptr %target, i64 %i{k}
  %v{k} = load {vector}, ptr %s{k}, align {4 * lanes}
  store {vector} %v{k}, ptr %t{k}, align {4 * lanes}{mark}"""
        for k in range(4)
    ]
    return f"""define void @{name}(ptr %source, ptr %target, i64 %count, i64 %times) {{
entry:
  br label %again
again:
  %n = phi i64 [ 0, %entry ], [ %n1, %done ]
  br label %body
body:
  %i = phi i64 [ 0, %again ], [ %next, %body ]
{chr(10).join(moves)}
  %next = add i64 %i, {4 * lanes}
  %more = icmp ult i64 %next, %count
  br i1 %more, label %body, label %done
done:
  fence seq_cst
  %n1 = add i64 %n, 1
  %on = icmp ult i64 %n1, %times
  br i1 %on, label %again, label %end
end:
  ret void
}}"""


def _read_text(vector: str, lanes: int) -> str:
    streams = range(_STREAMS)
    phis = [
        f"  %x{k} = phi {vector} [ zeroinitializer, %again ], [ %y{k}, %body ]" for k in streams
    ]
    loads = [
        f"""  %i{k} = add i64 %i, {k * lanes}
  %s{k} = getelementptr float, ptr %source, i64 %i{k}
  %v{k} = load {vector}, ptr %s{k}, align {4 * lanes}
  %y{k} = fadd {vector} %x{k}, %v{k}"""
        for k in streams
    ]
    names = ["%y0", *(f"%z{k}" for k in streams[1:])]
    sums = [f"  {names[k]} = fadd {vector} {names[k - 1]}, %y{k}" for k in streams[1:]]
    return f"""define void @read(ptr %source, ptr %target, i64 %count, i64 %times) {{
entry:
  br label %again
again:
  %n = phi i64 [ 0, %entry ], [ %n1, %done ]
  br label %body
body:
  %i = phi i64 [ 0, %again ], [ %next, %body ]
{chr(10).join(phis)}
{chr(10).join(loads)}
  %next = add i64 %i, {_STREAMS * lanes}
  %more = icmp ult i64 %next, %count
  br i1 %more, label %body, label %done
done:
{chr(10).join(sums)}
  store volatile {vector} {names[-1]}, ptr %target, align 4
  fence seq_cst
  %n1 = add i64 %n, 1
  %on = icmp ult i64 %n1, %times
  br i1 %on, label %again, label %end
end:
  ret void
}}"""


def _arithmetic_text(vector: str, lanes: int) -> str:
    sums = range(_SUMS)
    loads = [
        f"""  %p{k} = getelementptr float, ptr %numbers, i64 {k * lanes}
  %v{k} = load {vector}, ptr %p{k}, align 4"""
        for k in sums
    ]
    phis = [f"  %x{k} = phi {vector} [ %v{k}, %entry ], [ %y{k}, %body ]" for k in sums]
    call = f"call {vector} @llvm.fma.v{lanes}f32({vector}"
    steps = [f"  %y{k} = {call} %x{k}, {vector} %v0, {vector} %v1)" for k in sums]
    stores = [f"  store {vector} %y{k}, ptr %p{k}, align 4" for k in sums]
    return f"""define void @arithmetic(ptr %numbers, i64 %times) {{
entry:
{chr(10).join(loads)}
  br label %body
body:
  %n = phi i64 [ 0, %entry ], [ %n1, %body ]
{chr(10).join(phis)}
{chr(10).join(steps)}
  %n1 = add i64 %n, 1
  %on = icmp ult i64 %n1, %times
  br i1 %on, label %body, label %end
end:
{chr(10).join(stores)}
  ret void
}}"""
