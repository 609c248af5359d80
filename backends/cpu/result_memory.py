"""Memory for large results, which is used again: fresh pages cost more than most kernels.

NumPy lets a program say where arrays lie; the arrays own that memory as any other, and give it
back when they end. What takes and gives it is machine code, so that it needs no Python and works
until the process ends.
Source: NEP 49, <https://numpy.org/neps/nep-0049.html>.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from ...runtime.arrays import Array
from .stored_code import lasting_code

LARGE = 512 * 1024
"""Bytes; smaller results are where NumPy's are."""
_SLOTS = 16
"""How many pieces of memory wait for their next use."""
_MOST_SHARE, _MOST = 8, 1 << 30
"""At most this part of the machine's memory waits, and at most so many bytes."""
_HEAD = 2048
"""Bytes before an array's data, where the size of the whole piece stands. Half a page: what is a
little behind an input's place in its page, such as the first line, waits for its loads."""
_PAGES = 64 * 1024
"""Sizes are rounded up to this, so that nearly equal ones share memory."""
_HUGE, _HUGE_PAGE, _USE_HUGE_PAGES = 4 << 20, 2 << 20, 14
_SET_HANDLER = 304
"""The place of `PyDataMem_SetHandler` in NumPy's C API, since 1.22."""

# The context is two numbers, kept bytes and their limit, and the slots: a size and an address.
_CODE = f"""
%slot = type {{ i64, ptr }}

define ptr @foldaway_take(ptr %context, i64 %size) {{
entry:
  %with_head = add i64 %size, {_HEAD + _PAGES - 1}
  %need = and i64 %with_head, {-_PAGES}
  br label %search
search:
  %n = phi i64 [ 0, %entry ], [ %next, %other ]
  %slot = getelementptr inbounds %slot, ptr %context, i64 %n
  %at = getelementptr inbounds i8, ptr %slot, i64 16
  %there = load i64, ptr %at
  %fits = icmp eq i64 %there, %need
  br i1 %fits, label %reuse, label %other
other:
  %next = add i64 %n, 1
  %done = icmp eq i64 %next, {_SLOTS}
  br i1 %done, label %fresh, label %search
reuse:
  %place = getelementptr inbounds i8, ptr %at, i64 8
  %kept_piece = load ptr, ptr %place
  store i64 0, ptr %at
  %kept = load i64, ptr %context
  %less = sub i64 %kept, %need
  store i64 %less, ptr %context
  br label %give
fresh:
  %is_huge = icmp uge i64 %need, {_HUGE}
  br i1 %is_huge, label %huge, label %normal
huge:
  %rounded = add i64 %need, {_HUGE_PAGE - 1}
  %whole = and i64 %rounded, {-_HUGE_PAGE}
  %huge_piece = call ptr @aligned_alloc(i64 {_HUGE_PAGE}, i64 %whole)
  %advised = call i32 @madvise(ptr %huge_piece, i64 %whole, i32 {_USE_HUGE_PAGES})
  br label %made
normal:
  %normal_piece = call ptr @aligned_alloc(i64 {_HEAD}, i64 %need)
  br label %made
made:
  %new = phi ptr [ %huge_piece, %huge ], [ %normal_piece, %normal ]
  %none = icmp eq ptr %new, null
  br i1 %none, label %fail, label %give
fail:
  ret ptr null
give:
  %piece = phi ptr [ %kept_piece, %reuse ], [ %new, %made ]
  store i64 %need, ptr %piece
  %data = getelementptr inbounds i8, ptr %piece, i64 {_HEAD}
  ret ptr %data
}}

define void @foldaway_give_back(ptr %context, ptr %data, i64 %unused) {{
entry:
  %none = icmp eq ptr %data, null
  br i1 %none, label %end, label %some
some:
  %piece = getelementptr inbounds i8, ptr %data, i64 {-_HEAD}
  %size = load i64, ptr %piece
  %kept = load i64, ptr %context
  %more = add i64 %kept, %size
  %limit_at = getelementptr inbounds i8, ptr %context, i64 8
  %limit = load i64, ptr %limit_at
  %room = icmp ule i64 %more, %limit
  br i1 %room, label %search, label %free
search:
  %n = phi i64 [ 0, %some ], [ %next, %other ]
  %slot = getelementptr inbounds %slot, ptr %context, i64 %n
  %at = getelementptr inbounds i8, ptr %slot, i64 16
  %there = load i64, ptr %at
  %is_empty = icmp eq i64 %there, 0
  br i1 %is_empty, label %keep, label %other
other:
  %next = add i64 %n, 1
  %done = icmp eq i64 %next, {_SLOTS}
  br i1 %done, label %free, label %search
keep:
  %place = getelementptr inbounds i8, ptr %at, i64 8
  store i64 %size, ptr %at
  store ptr %piece, ptr %place
  store i64 %more, ptr %context
  ret void
free:
  call void @free(ptr %piece)
  ret void
end:
  ret void
}}

define ptr @foldaway_take_zeros(ptr %context, i64 %count, i64 %size) {{
  %all = mul i64 %count, %size
  %data = call ptr @foldaway_take(ptr %context, i64 %all)
  %none = icmp eq ptr %data, null
  br i1 %none, label %end, label %clear
clear:
  %cleared = call ptr @memset(ptr %data, i32 0, i64 %all)
  br label %end
end:
  ret ptr %data
}}

define ptr @foldaway_take_again(ptr %context, ptr %old, i64 %size) {{
  %data = call ptr @foldaway_take(ptr %context, i64 %size)
  %none = icmp eq ptr %data, null
  br i1 %none, label %end, label %move
move:
  %piece = getelementptr inbounds i8, ptr %old, i64 {-_HEAD}
  %had = load i64, ptr %piece
  %usable = sub i64 %had, {_HEAD}
  %shorter = icmp ult i64 %usable, %size
  %length = select i1 %shorter, i64 %usable, i64 %size
  %moved = call ptr @memcpy(ptr %data, ptr %old, i64 %length)
  call void @foldaway_give_back(ptr %context, ptr %old, i64 0)
  br label %end
end:
  ret ptr %data
}}

declare ptr @aligned_alloc(i64, i64)
declare i32 @madvise(ptr, i64, i32)
declare ptr @memset(ptr, i32, i64)
declare ptr @memcpy(ptr, ptr, i64)
declare void @free(ptr)

define i32 @foldaway_result_memory(ptr %table) {{
  store ptr @foldaway_take, ptr %table
  %second = getelementptr inbounds ptr, ptr %table, i64 1
  store ptr @foldaway_take_zeros, ptr %second
  %third = getelementptr inbounds ptr, ptr %table, i64 2
  store ptr @foldaway_take_again, ptr %third
  %fourth = getelementptr inbounds ptr, ptr %table, i64 3
  store ptr @foldaway_give_back, ptr %fourth
  ret i32 0
}}
"""


class _Handler(ctypes.Structure):
    """NumPy's `PyDataMem_Handler`."""

    _fields_ = (
        ("name", ctypes.c_char * 127),
        ("version", ctypes.c_uint8),
        ("context", ctypes.c_void_p),
        ("functions", ctypes.c_void_p * 4),
    )


class ResultMemory:
    """Makes arrays without values; large ones lie in memory that earlier ones have left."""

    def __init__(self):
        self._numpy: tuple[Any, Any] | None = None
        """NumPy's function that takes another handler and returns the one before, and ours."""
        self._context = (ctypes.c_int64 * (2 + 2 * _SLOTS))()
        self._context[1] = min(_memory() // _MOST_SHARE, _MOST)

    @property
    def kept(self) -> int:
        """How many bytes wait for their next use."""
        return self._context[0]

    def empty(self, shape: Sequence[int], dtype: np.dtype[Any]) -> Array:
        """Return an array with any values; its data begin at a multiple of 64."""
        size = dtype.itemsize
        for extent in shape:
            size *= extent
        if size < LARGE:
            return np.empty(shape, dtype)
        if self._numpy is None:
            # Two threads may make one each; either is good, and a lock would not survive a fork.
            self._numpy = _set_handler(), self._handler()
        set_handler, handler = self._numpy
        before = set_handler(handler)
        try:
            return np.empty(shape, dtype)
        finally:
            set_handler(before)

    def _handler(self) -> Any:
        from .effort import Effort

        code = lasting_code(
            _CODE, "foldaway_result_memory", Effort(2, 2, interleaved=False, unrolled=False)
        )
        handler = _Handler(b"foldaway", 1, ctypes.addressof(self._context))
        fill = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(code.address)
        fill(ctypes.addressof(handler) + _Handler.functions.offset)
        # Arrays may end when the interpreter has ended: what gives their memory back stays.
        for needed in (code, self._context, handler):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(needed))
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = (
            ctypes.py_object,
            [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p],
        )
        return new(ctypes.addressof(handler), b"mem_handler", None)


def _set_handler() -> Any:
    numpy: Any = import_module("numpy._core._multiarray_umath")
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(get(numpy._ARRAY_API, None), ctypes.POINTER(ctypes.c_void_p))
    function = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)
    return function(table[_SET_HANDLER] or 0)


def _memory() -> int:
    """Return the bytes of the machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


RESULTS = ResultMemory()
"""The one of this process."""
