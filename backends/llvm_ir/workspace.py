"""The memory that a function needs while it runs: slots that allocations take and give back."""

from __future__ import annotations

from collections.abc import Sequence

_ALIGNMENT = 64
_HUGE, _HUGE_PAGE, _USE_HUGE_PAGES = 32 << 20, 2 << 20, 14
"""Bytes that C's library gives back to the system at once, so that all pages are made anew."""
_ON_STACK = 8192
_VARIABLE = 8


class Workspace:
    """Slots in one piece of memory. Two that exist at one time never share a byte."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        """Bytes of each slot."""
        self._free: set[int] = set()

    def take(self, size: int) -> str:
        """Return the address of a slot for `size` bytes: a free one that fits best, or a new."""
        fitting = [slot for slot in self._free if self.sizes[slot] >= size]
        if fitting:
            slot = min(fitting, key=lambda slot: self.sizes[slot])
        elif self._free:
            slot = max(self._free, key=lambda slot: self.sizes[slot])
            self.sizes[slot] = size
        else:
            slot = len(self.sizes)
            self.sizes.append(size)
        self._free.discard(slot)
        return f"%slot{slot}"

    def give_back(self, address: str) -> None:
        """Make a slot free for what comes after."""
        self._free.add(int(address.removeprefix("%slot")))

    def instructions(
        self,
        declarations: dict[str, None],
        on_stack: int = _ON_STACK,
        fail: Sequence[str] = ("  ret i32 1",),
    ) -> tuple[list[str], list[str]]:
        """Return what stands before and after the work; adds the functions that they call.

        A slot for one number is a variable of its own, which LLVM can keep in a register.
        More than `on_stack` bytes are allocated; `fail` is done if there are none.
        """
        variables, slots, total = list[str](), list[str](), 0
        for n, size in enumerate(self.sizes):
            if size <= _VARIABLE:
                variables.append(f"  %slot{n} = alloca [{_VARIABLE} x i8], align {_VARIABLE}")
                continue
            slots.append(f"  %slot{n} = getelementptr inbounds i8, ptr %workspace, i64 {total}")
            total += -(-size // _ALIGNMENT) * _ALIGNMENT
        if total <= on_stack:
            stack = [f"  %workspace = alloca [{total} x i8], align {_ALIGNMENT}"] if total else []
            return [*variables, *stack, *slots], []
        alignment, advise = _ALIGNMENT, list[str]()
        if total >= _HUGE:
            alignment, total = _HUGE_PAGE, -(-total // _HUGE_PAGE) * _HUGE_PAGE
            declarations["declare i32 @madvise(ptr, i64, i32)"] = None
            call = f"call i32 @madvise(ptr %workspace, i64 {total}, i32 {_USE_HUGE_PAGES})"
            advise.append(f"  %advised = {call}")
        declarations["declare noalias ptr @aligned_alloc(i64, i64)"] = None
        declarations["declare void @free(ptr)"] = None
        take = [
            f"  %workspace = call ptr @aligned_alloc(i64 {alignment}, i64 {total})",
            "  %none = icmp eq ptr %workspace, null",
            "  br i1 %none, label %fail, label %work",
            "fail:",
            *fail,
            "work:",
            *advise,
        ]
        return [*variables, *take, *slots], ["  call void @free(ptr %workspace)"]
