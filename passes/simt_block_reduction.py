"""Kernels in which the threads of a block share the rounds of results.

Of a block's threads `lanes` share the rounds of one result. Where what they read lies side by
side along the reduction, they are neighbours, and exchange what they have by shuffles; where it
lies side by side along the results, `across` neighbours have results side by side, and lanes
bring theirs together in shared memory. Long reductions of few results are cut into `parts`, which
a second kernel brings together, in the same order each time.
Source: M. Harris, Optimizing Parallel Reduction in CUDA, NVIDIA 2007.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import MappingProxyType

from xdsl.dialects import scf
from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects import simt
from ..dialects.simt.schedule import Schedule
from .simt_fills import Starts
from .simt_kernel import KernelBuilder, Kernels, NestBody, rounds_of
from .simt_lanes import Lanes
from .simt_nests import Nest
from .simt_product_ops import KernelOps, Number, Values
from .simt_reduction_schedule import is_aligned_along


class BlockReduction(ABC):
    """One kernel. With `partials` it leaves its results there, one for each part.

    What a thread keeps from round to round is its state; what the kernel reduces says how it grows.
    """

    def __init__(
        self,
        nest: Nest,
        schedule: Schedule,
        partials: Sequence[SSAValue] = (),
        before: Operation | None = None,
        starts: Starts = MappingProxyType({}),
    ) -> None:
        self.nest = nest
        self.starts = starts
        self.threads = schedule["threads"]
        self.lanes = schedule["lanes"]
        self.across = max(schedule["across"], 1)
        self.width = max(schedule["width"], 1)
        self.parts = max(schedule["parts"], 1)
        self.before = before or nest.op
        self.builder = KernelBuilder(nest.op.location)
        self.ops: KernelOps = self.builder.ops
        self.body = NestBody(self.builder, nest)
        self.partials = [self.builder.parameter(value) for value in partials]
        self.rounds = rounds_of(nest.reductions) // self.width

    @abstractmethod
    def start(self, rounds: Sequence[Number]) -> Values:
        """Return the state before the first round, at a result."""

    @abstractmethod
    def round(self, rounds: Sequence[Number], number: Number, state: Values) -> Values:
        """Append one round, of `width` neighbours; return the state behind it."""

    @abstractmethod
    def combined(self, state: Values, other: Values) -> Values:
        """Append the combination of what two threads came to."""

    @abstractmethod
    def finish(self, totals: Values, rounds: Sequence[Number]) -> None:
        """Append the stores of a result."""

    def of_thread(self, state: Values) -> Values:
        """Append what a thread's state comes to at the end."""
        return state

    def in_order(
        self, count: int, step: Callable[[Number, Values], Values], start: Values
    ) -> Values:
        """Append a thread's rounds; return the state behind them."""
        return self.ops.loop(count, start, step)

    def write(self, kernels: Kernels) -> None:
        """Write the kernel into the module."""
        ops, points = self.ops, self.nest.points
        results = self.threads // self.lanes
        inner = self.nest.parallel[-1].extent if self.across > 1 else points
        tiles = -(-inner // results)
        groups = points // inner * tiles
        thread = self.builder.thread_id() if self.threads > 1 else 0
        block = self.builder.block_offset(groups * self.parts)
        group, part = ops.divide(block, self.parts)
        if self.across > 1:
            lane, column = ops.divide(thread, results)
            outer, tile = ops.divide(group, tiles)
            column = ops.add(ops.multiply(tile, results), column)
            valid = True if inner % results == 0 else ops.less(column, inner)
            point = ops.add(ops.multiply(outer, inner), column)
        else:
            number, lane = ops.divide(thread, self.lanes)
            point = ops.add(ops.multiply(group, results), number)
            valid = True if points % results == 0 else ops.less(point, points)
        # All threads meet below: those without a result do the work of the last one again.
        near = point if valid is True else ops.choose(valid, point, points - 1)
        rounds = self.builder.indices(near, [loop.extent for loop in self.nest.parallel])
        partial = self._accumulated(rounds, lane, part)
        totals = self._together(partial, lane, thread)
        is_first = ops.both(valid, ops.equal(lane, 0) if self.lanes > 1 else True)
        ops.branch(is_first, lambda: self._leave(totals, rounds, point, part))
        self.builder.finish(kernels, self.before, self.threads, groups * self.parts)

    def _accumulated(self, rounds: Sequence[Number], lane: Number, part: Number) -> Values:
        """Append what one thread reduces of its part."""
        ops = self.ops
        whole = self.rounds // (self.lanes * self.parts)
        rest = self.rounds - whole * self.lanes * self.parts
        first = ops.add(ops.multiply(part, whole * self.lanes), lane)
        start = self.start(rounds)

        def step(round: Number, state: Values) -> Values:
            return self.round(rounds, ops.add(first, ops.multiply(round, self.lanes)), state)

        state = self.in_order(whole, step, start) if whole else start
        if rest:
            state = self._rest(rest, whole, rounds, lane, part, state)
        return self.of_thread(state)

    def _rest(
        self,
        rest: int,
        whole: int,
        rounds: Sequence[Number],
        lane: Number,
        part: Number,
        state: Values,
    ) -> Values:
        """Append the rounds behind those that all threads have; each has one of them at most."""
        ops = self.ops
        number = ops.add(ops.multiply(part, self.lanes), lane)
        behind = whole * self.lanes * self.parts
        inside = ops.less(number, rest)
        if isinstance(inside, bool):
            return self.round(rounds, ops.add(number, behind), state) if inside else state
        block = Block()
        with ops.inside(block):
            given = self.round(rounds, ops.add(number, behind), state)
            ops.append(scf.YieldOp(*given))
        orelse = Block()
        with ops.inside(orelse):
            ops.append(scf.YieldOp(*state))
        types = [value.type for value in state]
        return ops.append(scf.IfOp(inside, types, Region(block), Region(orelse)))

    def _leave(self, totals: Values, rounds: Sequence[Number], point: Number, part: Number) -> None:
        """Append the stores of a result, or of what a part comes to."""
        if not self.partials:
            self.finish(totals, rounds)
            return
        place = self.ops.place(0, (point, self.parts), (part, 1))
        for memory, total in zip(self.partials, totals, strict=True):
            self.ops.append(simt.StoreOp(memory, place, [total]))

    def _together(self, partial: Values, lane: Number, thread: Number) -> Values:
        """Append the combination of what all lanes came to; the first lane has it."""
        if self.lanes == 1:
            return partial
        lanes = Lanes(self.ops, thread, lane, self.lanes, self.threads)
        bring = lanes.far_together if self.across > 1 else lanes.together
        return bring(partial, self.combined)

    def before_all(self, position: int, index: SSAValue) -> SSAValue:
        """Return what an output holds at first."""
        if position in self.starts:
            return self.ops.known(self.starts[position])
        return self.body.load(position, index)[0]

    def taken(self, number: Number) -> list[Number]:
        """Return the rounds of the reductions that a round of `width` neighbours begins with."""
        *outer, last = self.nest.reductions
        extents = [*(loop.extent for loop in outer), last.extent // self.width]
        taken = self.builder.indices(number, extents)
        taken[-1] = self.ops.multiply(taken[-1], self.width)
        return taken

    def loaded(self, position: int, places: Sequence[Number]) -> Sequence[SSAValue]:
        """Append the loads of `width` neighbours of an operand."""
        body, nest, width = self.body, self.nest, self.width
        step = nest.reductions[-1].steps[position]
        if width == 1 or is_aligned_along(nest, position, width):
            return body.load(position, body.index(position, nest.loops, places), width)
        if step == 0:
            return list(body.load(position, body.index(position, nest.loops, places))) * width
        return [
            body.load(position, body.index(position, nest.loops, places, lane * step))[0]
            for lane in range(width)
        ]
