"""Who accessed which bytes of shared memory, and whether something orders two accesses.

Source: PTX ISA 9.0, "Memory Consistency Model" (races, synchronizes-with through barriers),
"Parallel Synchronization and Communication Instructions", "Data Movement and Conversion
Instructions: Asynchronous copy".

Only barriers order: bar and barrier among the threads that take part, bar.warp.sync among the
lanes of its mask. Shuffles, votes and products synchronise lanes, and promise nothing about
memory. A granule is the smallest size that the kernel accesses shared memory with; since all
accesses are aligned, whole granules are as exact as bytes.
"""

from typing import Protocol

import numpy as np

from .ptx_errors import SharedMemoryRace, UnawaitedCopy, UndefinedMemory
from .ptx_rounding import Array
from .ptx_state import Geometry, Lanes

_READ, _WRITE, _ATOMIC = 0, 1, 2
_KINDS = ("read", "write", "atomic access")
_AGAINST = {_READ: (_WRITE, _ATOMIC), _WRITE: (_WRITE, _ATOMIC, _READ), _ATOMIC: (_WRITE, _READ)}
"""The kinds of access that each kind may not be concurrent with."""


class Order(Protocol):
    """Which accesses happened before which; one implementation for each kind of barriers."""

    def conflicts(self, kind: int, granules: Array, lanes: Array) -> Array:
        """Return where another lane has an access of `kind` that isn't ordered before now."""
        ...

    def other(self, kind: int, granule: int, lane: int) -> int:
        """Return a thread (in its block) that `conflicts` means, or -1 for several."""
        ...

    def mark(self, kind: int, granules: Array, lanes: Array) -> None:
        """Note that the lanes access the granules now."""
        ...

    def block_barrier(self, blocks: Array) -> None:
        """Order everything of the `blocks` (a mask) before what follows."""
        ...

    def arrive(self, key: object, lanes: Array) -> None:
        """Note what lanes of one block did, and know, when they come to the barrier `key`."""
        ...

    def forget(self) -> None:
        """Forget who has arrived where nobody came to leave: other blocks begin."""
        ...

    def leave(self, key: object, lanes: Array) -> None:
        """Order what those who arrived at `key` did, or knew, before what the lanes do next."""
        ...


class BlockOrder:
    """The order of kernels that only have barriers of whole blocks: one stamp an access.

    A stamp is the number of barriers so far and the thread; several readers have one of their own.
    """

    _SEVERAL = 0xFFFF

    def __init__(self, geometry: Geometry, granules: int):
        self._stamps = np.zeros((3, granules), np.int64)
        self._epoch = np.full(geometry.blocks, 1 << 16, np.int64)
        lane = np.arange(geometry.lanes)
        self._block = lane // geometry.width
        self._thread = lane % geometry.width + 1

    def conflicts(self, kind: int, granules: Array, lanes: Array) -> Array:
        """Return where another lane has an unordered access of `kind`."""
        stamps = self._stamps[kind][granules]
        now = self._epoch[self._block[lanes]]
        return (stamps >= now) & (stamps != now + self._thread[lanes])

    def other(self, kind: int, granule: int, lane: int) -> int:
        """Return the thread of the access, or -1 for several."""
        thread = int(self._stamps[kind][granule]) & 0xFFFF
        return -1 if thread == self._SEVERAL else thread - 1

    def mark(self, kind: int, granules: Array, lanes: Array) -> None:
        """Note the accesses."""
        now = self._epoch[self._block[lanes]]
        mine = now + self._thread[lanes]
        table = self._stamps[kind]
        old = table[granules]
        new = np.where((old < now) | (old == mine), mine, now + self._SEVERAL)
        table[granules] = new
        lost = table[granules] != new  # several lanes of this instruction
        if lost.any():
            table[granules[lost]] = (now + self._SEVERAL)[lost]

    def block_barrier(self, blocks: Array) -> None:
        """Let what the blocks did be over."""
        self._epoch[blocks] += 1 << 16

    def arrive(self, key: object, lanes: Array) -> None:
        """Never happens: the kernel has no barriers of some threads."""
        raise AssertionError("a barrier of some threads in a kernel without any")

    leave = arrive

    def forget(self) -> None:
        """Do nothing: nobody arrives."""


class ThreadOrder:
    """The order of kernels with barriers of some threads: vector clocks.

    `_last[kind][granule][thread]` is when the thread last accessed it, `_known[lane][thread]` up
    to when (exclusive) what the thread did happened before what the lane does now.
    """

    def __init__(self, geometry: Geometry, granules: int):
        self._last = np.full((3, granules, geometry.width), -1, np.int32)
        self._known = np.zeros((geometry.lanes, geometry.width), np.int32)
        self._arrived: dict[object, Array] = {}
        self._width = geometry.width
        self._now = 0

    def _unknown(self, kind: int, granules: Array, lanes: Array) -> Array:
        late = self._last[kind][granules] >= self._known[lanes]
        late[np.arange(len(lanes)), lanes % self._width] = False
        return late

    def conflicts(self, kind: int, granules: Array, lanes: Array) -> Array:
        """Return where another lane has an unordered access of `kind`."""
        return np.logical_or.reduce(self._unknown(kind, granules, lanes), axis=1)

    def other(self, kind: int, granule: int, lane: int) -> int:
        """Return a thread of such an access."""
        return int(np.argmax(self._unknown(kind, np.array([granule]), np.array([lane]))[0]))

    def mark(self, kind: int, granules: Array, lanes: Array) -> None:
        """Note the accesses."""
        self._last[kind][granules, lanes % self._width] = self._now

    def block_barrier(self, blocks: Array) -> None:
        """Let all lanes of the blocks know all."""
        self._now += 1
        self._known.reshape(len(blocks), -1)[blocks] = self._now

    def arrive(self, key: object, lanes: Array) -> None:
        """Note what the lanes know, and what they did until now."""
        self._now += 1
        known = self._known[lanes].max(axis=0)
        known[lanes % self._width] = self._now
        before = self._arrived.get(key)
        self._arrived[key] = known if before is None else np.maximum(before, known)

    def forget(self) -> None:
        """Forget who has arrived."""
        self._arrived.clear()

    def leave(self, key: object, lanes: Array) -> None:
        """Let the lanes know what those knew who arrived."""
        self._known[lanes] = np.maximum(self._known[lanes], self._arrived.pop(key))


class SharedAccesses:
    """Checks every access of shared memory, and follows copies that are under way."""

    def __init__(self, geometry: Geometry, stride: int, granule: int, some_threads: bool):
        """`stride` bytes belong to each block; `some_threads`: barriers may be of some threads."""
        self._per_block = stride // granule
        count = geometry.blocks * self._per_block
        self._granule = granule
        self._blocks = geometry.blocks
        self.order: Order = (ThreadOrder if some_threads else BlockOrder)(geometry, count)
        self._defined = np.zeros(count, np.bool_)
        self._under_way = np.zeros(count, np.bool_)
        self._copied = np.zeros(count, np.bool_)  # the last write was a copy

    def _granules(self, lanes: Lanes, offsets: Array, size: int) -> tuple[Array, Array]:
        """Return the granules of the accesses, and the lane of each."""
        first = lanes.spread(offsets) // self._granule
        count = size // self._granule
        if count <= 1:  # a part of a granule: a lane's share of a row that ldmatrix reads
            return first, lanes.index
        return (first[:, None] + np.arange(count)).reshape(-1), np.repeat(lanes.index, count)

    def _check(self, kind: int, granules: Array, lanes: Array) -> None:
        if self._under_way[granules].any():
            at = int(np.argmax(self._under_way[granules]))
            raise UnawaitedCopy(
                f"{_KINDS[kind]} of shared byte {self._place(granules[at])}, which a cp.async that"
                " nobody has waited for writes",
                int(lanes[at]),
            )
        for other in _AGAINST[kind]:
            conflicts = self.order.conflicts(other, granules, lanes)
            if conflicts.any():
                self._report(kind, other, granules, lanes, int(np.argmax(conflicts)))

    def _report(self, kind: int, other: int, granules: Array, lanes: Array, at: int) -> None:
        granule, lane = int(granules[at]), int(lanes[at])
        thread = self.order.other(other, granule, lane)
        whose = "several threads" if thread < 0 else f"thread number {thread}"
        copied = other == _WRITE and self._copied[granule]
        what = "cp.async" if copied else _KINDS[other]
        raise (UnawaitedCopy if copied else SharedMemoryRace)(
            f"{_KINDS[kind]} of shared byte {self._place(granule)}, after the {what} by {whose}"
            " with no barrier between",
            lane,
        )

    def _place(self, granule: int) -> int:
        return int(granule) % self._per_block * self._granule

    def read(self, lanes: Lanes, offsets: Array, size: int) -> None:
        """Note a read of `size` bytes a lane; raise where it is none that may be."""
        granules, who = self._granules(lanes, offsets, size)
        self._check(_READ, granules, who)
        self._check_written(granules, who)
        self.order.mark(_READ, granules, who)

    def _check_written(self, granules: Array, who: Array) -> None:
        if not self._defined[granules].all():
            at = int(np.argmin(self._defined[granules]))
            raise UndefinedMemory(
                f"reads shared byte {self._place(granules[at])}, which nobody has written",
                int(who[at]),
            )

    def write(self, lanes: Lanes, offsets: Array, size: int, by_copy: bool = False) -> None:
        """Note a write of `size` bytes a lane; `by_copy`: one that is under way from now on."""
        granules, who = self._granules(lanes, offsets, size)
        self._check(_WRITE, granules, who)
        self._defined[granules] = True
        self._copied[granules] = by_copy
        self._claim(granules, who)
        if by_copy:
            self._under_way[granules] = True

    def _claim(self, granules: Array, who: Array) -> None:
        self.order.mark(_WRITE, granules, who)
        conflicts = self.order.conflicts(_WRITE, granules, who)
        if conflicts.any():
            at = int(np.argmax(conflicts))
            raise SharedMemoryRace(
                f"several threads write shared byte {self._place(granules[at])} at once",
                int(who[at]),
            )

    def land(self, lanes: Lanes, offsets: Array, size: int) -> None:
        """Let copies be over: their bytes were written just now by who waited."""
        granules, who = self._granules(lanes, offsets, size)
        self._under_way[granules] = False
        self.order.mark(_WRITE, granules, who)

    def update(self, lanes: Lanes, offsets: Array, size: int) -> None:
        """Note an atomic read and write of `size` bytes a lane."""
        granules, who = self._granules(lanes, offsets, size)
        self._check(_ATOMIC, granules, who)
        self._check_written(granules, who)
        self.order.mark(_ATOMIC, granules, who)

    def restart(self) -> None:
        """Forget everything: other blocks begin."""
        self._defined[:] = False
        self._under_way[:] = False
        self._copied[:] = False
        self.order.block_barrier(np.ones(self._blocks, np.bool_))
        self.order.forget()
