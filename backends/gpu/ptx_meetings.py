"""Where lanes wait for each other: barriers of a block, and instructions of a warp.

Source: PTX ISA 9.0, "Parallel Synchronization and Communication Instructions" (bar, barrier,
and the membermask of .sync instructions).
"""

import numpy as np

from .ptx_control import BlockBarrier
from .ptx_decode import Machine
from .ptx_errors import BarrierDeadlock, DivergentCollective
from .ptx_rounding import Array
from .ptx_state import WARP, Lanes
from .ptx_warps import Collective

_BARRIERS = 16


class BlockBarriers:
    """The sixteen barriers of each block."""

    def __init__(self, machine: Machine):
        shape = machine.geometry
        self._machine = machine
        self._shape = shape
        self._number = np.full(shape.lanes, -1)  # of the barrier that a lane waits at
        self._place = np.zeros(shape.lanes, np.int64)
        self._value = np.zeros(shape.lanes, np.bool_)
        self._arrived = np.zeros((_BARRIERS, shape.blocks), np.int64)
        self._expected = np.zeros((_BARRIERS, shape.blocks), np.int64)
        self._without_waiting = np.zeros((_BARRIERS, shape.blocks), np.bool_)

    def restart(self) -> None:
        """Forget everything: other blocks begin. bar.arrive may have left some behind."""
        self._number[:] = -1
        self._arrived[:] = 0
        self._expected[:] = 0
        self._without_waiting[:] = False

    def come(self, at: int, barrier: BlockBarrier, lanes: Lanes) -> list[tuple[int, Lanes]]:
        """Let lanes come to a barrier; return which lanes go on, and where."""
        numbers = lanes.spread(barrier.number(lanes))
        counts = np.full(lanes.count, self._shape.threads)
        if barrier.count is not None:
            counts = lanes.spread(barrier.count(lanes)).astype(np.int64)
        if barrier.value is not None:
            self._value[lanes.select] = barrier.value(lanes)
        released: list[tuple[int, Lanes]] = []
        for number in np.unique(numbers):
            if number >= _BARRIERS:
                raise BarrierDeadlock(f"there is no barrier number {number}", int(lanes.index[0]))
            mask = numbers == number
            members = lanes if mask.all() else lanes.where(mask)
            self._count(int(number), members, counts[mask])
            if barrier.waits:
                self._number[members.select] = number
                self._place[members.select] = at
            else:
                self._without_waiting[number, members.index // self._shape.width] = True
                self._note(int(number), members)
                released.append((at + 1, members))
            released += self._release(int(number), barrier)
        return released

    def _count(self, number: int, lanes: Lanes, counts: Array) -> None:
        blocks = lanes.index // self._shape.width
        expected = self._expected[number]
        before = expected[blocks]
        wrong = (before != 0) & (before != counts)
        expected[blocks] = counts
        arrived = self._arrived[number]
        arrived += np.bincount(blocks, minlength=self._shape.blocks)
        wrong |= (arrived[blocks] > expected[blocks]) | (expected[blocks] != counts)
        if wrong.any():
            raise BarrierDeadlock(
                f"other threads at barrier {number} expect another number of threads",
                int(lanes.index[np.argmax(wrong)]),
            )

    def _note(self, number: int, lanes: Lanes) -> None:
        """Tell the order of memory accesses who has arrived at a barrier of some threads."""
        blocks = lanes.index // self._shape.width
        for block in np.unique(blocks):
            self._machine.accesses.order.arrive((int(block), number), lanes.index[blocks == block])

    def _release(self, number: int, barrier: BlockBarrier) -> list[tuple[int, Lanes]]:
        done = (self._arrived[number] == self._expected[number]) & (self._expected[number] > 0)
        if not done.any():
            return []
        block = np.arange(self._shape.lanes) // self._shape.width
        index = np.nonzero((self._number == number) & done[block])[0]
        places = self._place[index]
        if barrier.aligned:
            self._check_aligned(index, places)
        self._order(number, done, index, block)
        if barrier.write is not None:
            barrier.write(Lanes(index), self._reduced(barrier.reduces, index, block))
        self._number[index] = -1
        self._arrived[number][done] = 0
        self._expected[number][done] = 0
        self._without_waiting[number][done] = False
        return [(int(p) + 1, Lanes(index[places == p])) for p in np.unique(places)]

    def _check_aligned(self, index: Array, places: Array) -> None:
        if (places == places[0]).all():
            return
        same_warp = index[1:] // WARP == index[:-1] // WARP
        apart = same_warp & (places[1:] != places[:-1])
        if apart.any():
            raise BarrierDeadlock(
                "lanes of one warp wait at different barrier instructions",
                int(index[1:][np.argmax(apart)]),
            )

    def _order(self, number: int, done: Array, index: Array, block: Array) -> None:
        order = self._machine.accesses.order
        whole = done & (self._expected[number] == self._shape.threads)
        whole &= ~self._without_waiting[number]
        if whole.any():
            order.block_barrier(whole)
        for one in np.nonzero(done & ~whole)[0]:
            members = index[block[index] == one]
            order.arrive((int(one), number), members)
            order.leave((int(one), number), members)

    def _reduced(self, operation: str, index: Array, block: Array) -> Array:
        """Return popc, and, or of the values of each block's lanes, for each lane."""
        true = np.bincount(block[index], self._value[index], self._shape.blocks)
        count = np.bincount(block[index], minlength=self._shape.blocks)
        result = {"popc": true, "and": true == count, "or": true > 0}[operation]
        return result[block[index]].astype(np.uint32 if operation == "popc" else np.bool_)

    def waiting(self) -> tuple[int, int, int] | None:
        """Return a place where lanes wait, the first one, and how many of its block, or None."""
        index = np.nonzero(self._number >= 0)[0]
        if not len(index):
            return None
        first = int(index[0])
        width = self._shape.width
        same = (index // width == first // width) & (self._place[index] == self._place[first])
        return int(self._place[first]), first, int(same.sum())


class WarpMeetings:
    """Lanes that wait for others of their warp, at an instruction that they do together."""

    def __init__(self, ended: Array):
        self._ended = ended
        self._place = np.full(len(ended), -1)
        self._mask = np.zeros(len(ended), np.uint32)

    def places(self) -> list[int]:
        """Return where lanes wait."""
        waiting = self._place[self._place >= 0]
        return [int(place) for place in np.unique(waiting)]

    def come(self, at: int, collective: Collective, lanes: Lanes) -> Lanes:
        """Let lanes come to an instruction; do it with those that are complete, and return them.

        The result is `lanes` itself where all of them go on and nobody else does.
        """
        mask = None if collective.mask is None else collective.mask(lanes)
        if mask is None or (mask == 0xFFFFFFFF).all():
            if _whole_warps(lanes):
                collective.action(lanes)
                return lanes
            mask = np.array([0xFFFFFFFF], np.uint32)
        bit = np.uint32(1) << (lanes.index % WARP).astype(np.uint32)
        outside = mask & bit == 0
        if outside.any():
            raise DivergentCollective(
                "the lane isn't in its own mask", int(lanes.index[np.argmax(outside)])
            )
        self._place[lanes.select] = at
        self._mask[lanes.select] = mask
        met = self.meet(at, collective)
        return Lanes(np.zeros(0, np.int64)) if met is None else met

    def meet(self, at: int, collective: Collective) -> Lanes | None:
        """Do the instruction with all lanes whose partners wait at `at` too, or have ended."""
        there = self._place == at
        needed = (self._mask.reshape(-1, WARP)[:, :, None] >> np.arange(WARP, dtype=np.uint32)) & 1
        missing = ~there.reshape(-1, 1, WARP)
        if collective.mask is not None:
            missing = missing & ~self._ended.reshape(-1, 1, WARP)
        ready = there & ~((needed == 1) & missing).any(axis=2).reshape(-1)
        if not ready.any():
            return None
        masks = self._mask.reshape(-1, 1, WARP)
        other = (
            (needed == 1)
            & there.reshape(-1, 1, WARP)
            & (masks != self._mask.reshape(-1, WARP)[:, :, None])
        )
        differs = ready & other.any(axis=2).reshape(-1)
        if differs.any():
            raise DivergentCollective(
                "lanes that do this together name different masks", int(np.argmax(differs))
            )
        lanes = Lanes(np.nonzero(ready)[0])
        self._place[lanes.index] = -1
        collective.action(lanes)
        return lanes

    def stuck(self, at: int) -> DivergentCollective:
        """Return the error of lanes that wait at `at` for ever."""
        lane = int(np.argmax(self._place == at))
        warp = slice(lane // WARP * WARP, lane // WARP * WARP + WARP)
        missing = self._mask[lane] >> np.arange(WARP, dtype=np.uint32) & np.uint32(1) == 1
        missing &= self._place[warp] != at
        names = ", ".join(str(number) for number in np.nonzero(missing)[0])
        return DivergentCollective(f"lanes {names} of the warp never come here", lane)


def _whole_warps(lanes: Lanes) -> bool:
    select = lanes.select
    return isinstance(select, slice) and select.start % WARP == 0 and lanes.count % WARP == 0
