"""How the threads of a block bring together what each has: by shuffles, or by shared memory.

What a thread has is a state of some values; how two states become one is given. Which of the two
comes first may make no difference.
Source: M. Harris, Optimizing Parallel Reduction in CUDA, NVIDIA 2007.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xdsl.dialects import arith
from xdsl.dialects.builtin import BFloat16Type, Float16Type, f32, i32
from xdsl.ir import Attribute, SSAValue

from ..dialects import simt
from .buffers import memref_of
from .scalar_ops import width
from .simt_product_ops import KernelOps, Number, Values

WARP = 32

Combine = Callable[[Values, Values], Values]


@dataclass(frozen=True)
class Lanes:
    """The threads of a block that share a result: `lanes` of its `threads`."""

    ops: KernelOps
    thread: Number
    lane: Number
    """Which of the lanes the thread is."""
    lanes: int
    threads: int

    def together(self, state: Values, combine: Combine) -> Values:
        """Append the combination of the states of lanes that are neighbours.

        Each lane has it where they are 32 or fewer, else the first 32 have.
        """
        state = self._shuffled(state, combine, min(self.lanes, WARP))
        warps = self.lanes // WARP
        if warps <= 1:
            return state
        ops = self.ops
        memories = self._memories(state, self.threads // WARP)
        warp, in_warp = ops.divide(self.thread, WARP)
        ops.branch(ops.equal(in_warp, 0), lambda: self._store(memories, ops.value(warp), state))
        ops.barrier()
        first = ops.multiply(ops.quotient(self.thread, self.lanes), warps)
        index = ops.value(ops.add(first, ops.remainder(self.thread, warps)))
        return self._shuffled(self._load(memories, index, state), combine, warps)

    def far_together(self, state: Values, combine: Combine) -> Values:
        """Append the combination of the states of lanes that are results apart; the first has it.

        Neighbours are lanes of different results.
        """
        ops, results = self.ops, self.threads // self.lanes
        memories = self._memories(state, self.threads)
        place = ops.value(self.thread)
        self._store(memories, place, state)
        ops.barrier()
        offset = self.lanes // 2
        while offset:
            other = ops.value(ops.add(self.thread, offset * results))

            def step(other: SSAValue = other) -> None:
                mine, theirs = (self._load(memories, at, state) for at in (place, other))
                self._store(memories, place, combine(mine, theirs))

            ops.branch(ops.less(self.lane, offset), step)
            ops.barrier()
            offset //= 2
        return self._load(memories, place, state)

    def _shuffled(self, state: Values, combine: Combine, lanes: int) -> Values:
        offset = lanes // 2
        while offset:
            state = combine(state, [from_lane(self.ops, value, offset) for value in state])
            offset //= 2
        return state

    def _memories(self, state: Values, many: int) -> Values:
        types = [memref_of(value.type, (many,)) for value in state]
        return [self.ops.append(simt.SharedOp(type))[0] for type in types]

    def _store(self, memories: Values, index: SSAValue, state: Values) -> None:
        for memory, value in zip(memories, state, strict=True):
            self.ops.append(simt.StoreOp(memory, index, [value]))

    def _load(self, memories: Values, index: SSAValue, like: Values) -> Values:
        return [
            self.ops.append(simt.LoadOp(memory, index, [value.type]))[0]
            for memory, value in zip(memories, like, strict=True)
        ]


def from_lane(ops: KernelOps, value: SSAValue, offset: int) -> SSAValue:
    """Append an exchange with the lane whose number differs in a bit; any type."""
    type, lane = value.type, ops.constant(offset)
    bits = width(type)
    wide: Attribute = type
    if isinstance(type, Float16Type | BFloat16Type):
        wide = f32
        value = ops.emit(arith.ExtFOp, wide, value)
    elif bits is not None and bits < 32:
        wide = i32
        value = ops.emit(arith.ExtUIOp, wide, value)
    other = ops.append(simt.ShuffleOp("xor", value, lane))[0]
    if wide == type:
        return other
    return ops.emit(arith.TruncFOp if wide == f32 else arith.TruncIOp, type, other)
