"""The kernel of a product of matrices: which block does what, and the loop over the sums."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from xdsl.dialects import memref
from xdsl.ir import SSAValue

from .simt_kernel import KernelBuilder, Kernels
from .simt_product import Product
from .simt_product_copy import TileCopy, shared_tile
from .simt_product_fma import FmaSums
from .simt_product_mma import MmaSums
from .simt_product_ops import Number, Values
from .simt_product_result import ResultWriter
from .simt_product_schedule import (
    MMA,
    ProductSchedule,
    grid_of,
    shared_bytes,
    tile_bytes,
)

_NEAR = 16
"""Rows of tiles that are computed together, since what they read is in the cache then."""


def lower_product(product: Product, schedule: ProductSchedule, kernels: Kernels) -> None:
    """Make a kernel of a product and all that belongs to it, and launch it where that stood."""
    builder = KernelBuilder(product.op.location)
    _TiledProduct(product, schedule, builder).write()
    blocks = prod(grid_of(product, schedule))
    last = product.ops[-1]
    bytes = shared_bytes(schedule, product)
    builder.finish(kernels, last, schedule.threads, blocks, bytes)
    memories = [value for op in product.ops for value in op.outputs]
    for op in reversed(product.ops):
        op.detach()
        op.erase()
    for memory in memories:
        _drop(memory)


def _drop(memory: SSAValue) -> None:
    """Remove memory that nothing but its end uses any more, and views of it."""
    owner = memory.owner
    if not isinstance(owner, memref.AllocOp | memref.SubviewOp | memref.ReinterpretCastOp):
        return
    users = [use.operation for use in memory.uses]
    if owner.parent is None or any(not isinstance(user, memref.DeallocOp) for user in users):
        return
    for op in (*users, owner):
        op.detach()
        op.erase()
    if not isinstance(owner, memref.AllocOp):
        _drop(owner.source)


class _TiledProduct:
    """A product whose blocks each compute a tile of the result from tiles in shared memory."""

    def __init__(
        self,
        product: Product,
        schedule: ProductSchedule,
        builder: KernelBuilder,
    ) -> None:
        ops = self.ops = builder.ops
        self.builder = builder
        self.product = product
        self.schedule = schedule
        self.thread = builder.thread_id()
        warp, self.lane = ops.divide(self.thread, 32)
        self.warp = ops.divide(warp, schedule.warp_columns)
        self.start, self.batch = self._tile()

    def _tile(self) -> tuple[tuple[Number, Number], Sequence[Number]]:
        """Return where the block's tile begins, and which rounds of the outer loops it is of."""
        ops, schedule = self.ops, self.schedule
        down, across, batches = grid_of(self.product, schedule)
        number: Number = 0
        if down * across * batches > 1:
            number = self.builder.block_id()
        number, tile = ops.divide(number, down * across) if batches > 1 else (0, number)
        batch = self.builder.indices(number, self.product.batches)
        row, column = self._near(tile, down, across)
        start = ops.multiply(row, schedule.rows), ops.multiply(column, schedule.columns)
        return start, batch

    def _near(self, tile: Number, down: int, across: int) -> tuple[Number, Number]:
        """Return row and column of a tile: of some rows those of one column come together."""
        ops = self.ops
        if down <= _NEAR:
            column, row = ops.divide(tile, down)
            return row, column
        group, inside = ops.divide(tile, _NEAR * across)
        column, row = ops.divide(inside, _NEAR)
        if down % _NEAR:
            last_column, last_row = ops.divide(inside, down % _NEAR)
            is_full = ops.less(group, down // _NEAR)
            row = ops.choose(is_full, row, last_row)
            column = ops.choose(is_full, column, last_column)
        return ops.add(ops.multiply(group, _NEAR), row), column

    def write(self) -> None:
        """Append the whole body."""
        ops, product, schedule = self.ops, self.product, self.schedule
        sides = (product.lhs, schedule.rows), (product.rhs, schedule.columns)
        offsets = 0, schedule.stages * tile_bytes(schedule, *sides[0])
        tiles = tuple(
            shared_tile(ops, schedule, *side, offset)
            for side, offset in zip(sides, offsets, strict=True)
        )
        copies = [
            TileCopy(
                ops,
                factor,
                tile,
                schedule.depth,
                memory=self.builder.parameter(factor.memory),
                thread=self.thread,
                threads=schedule.threads,
                start=start,
                batch=self.batch,
            )
            for (factor, _), tile, start in zip(sides, tiles, self.start, strict=True)
        ]
        at = (tiles[0], tiles[1]), self.warp, self.lane
        elements = product.lhs.element, product.rhs.element
        if schedule.family == MMA:
            sums: FmaSums | MmaSums = MmaSums(ops, schedule, elements[0], *at)
        else:
            sums = FmaSums(ops, schedule, product.element, elements, *at)
        found = self._sum(copies, sums)
        writer = ResultWriter(
            product,
            schedule,
            self.builder,
            thread=self.thread,
            warp_row=self.warp[0],
            start=self.start,
            batch=self.batch,
        )
        writer.write(sums.pieces(), found)

    def _sum(self, copies: Sequence[TileCopy], sums: FmaSums | MmaSums) -> Values:
        """Append the loop over the sums; copies run ahead of it by all stages but one.

        A thread has the factors of one part of a stage in registers while it multiplies those of
        the part before. So the first part of a stage is read, and all threads wait for it, while
        the last of the stage before isn't multiplied yet.
        """
        ops, stages = self.ops, self.schedule.stages
        rounds = -(-self.product.lhs.depth // self.schedule.depth)
        rounds *= self.product.contraction.rounds
        for ahead in range(min(stages - 1, rounds)):
            self._finish(copies, ahead, self._begin(copies, ahead, ahead, rounds))
            ops.commit()
        for _ in range(rounds, stages - 1):
            ops.commit()
        self._meet()
        start, factors = sums.start(), sums.read(0, 0)

        def one(round: Number, carried: Values) -> Values:
            grown, factors = carried[: len(start)], carried[len(start) :]
            ahead = ops.add(round, stages - 1)
            stage, free = ops.remainder(round, stages), ops.remainder(ahead, stages)
            waiting = self._begin(copies, ahead, free, rounds)
            ops.commit()
            for step in range(1, sums.steps):
                following = sums.read(stage, step)
                grown = sums.grow(factors, grown)
                factors = following
            self._finish(copies, free, waiting)
            self._meet()
            # Behind the last round there is nothing: what has been there before is read.
            is_any = rounds >= stages or ops.less(round, rounds - 1)
            next = ops.remainder(ops.add(round, 1), stages)
            following = sums.read(ops.choose(is_any, next, stage), 0)
            return [*sums.grow(factors, grown), *following]

        found = ops.loop(rounds, [*start, *factors], one)
        ops.wait(0)
        return found[: len(start)]

    def _meet(self) -> None:
        """Append a wait for the next stage: for this thread's copies, then for all threads."""
        self.ops.wait(self.schedule.stages - 2)
        self.ops.barrier()

    def _begin(
        self, copies: Sequence[TileCopy], round: Number, stage: Number, rounds: int
    ) -> Sequence[Values]:
        """Start the copies of a round if there is one; return what waits in registers.

        What goes through registers is copied in any case: then again that of the first round.
        """
        ops = self.ops
        is_one = ops.less(round, rounds)

        def start() -> None:
            at = self._sums_at(round)
            for copy in copies:
                if copy.is_async:
                    copy.begin(*at, stage)

        ops.branch(is_one, start)
        if all(copy.is_async for copy in copies):
            return [()] * len(copies)
        at = self._sums_at(ops.choose(is_one, round, 0))
        return [() if copy.is_async else copy.begin(*at, stage) for copy in copies]

    def _finish(self, copies: Sequence[TileCopy], stage: Number, waiting: Sequence[Values]) -> None:
        for copy, values in zip(copies, waiting, strict=True):
            copy.finish(values, stage)

    def _sums_at(self, round: Number) -> tuple[Number, Sequence[Number]]:
        """Return which part of the sums a round does, and in which rounds of the taps."""
        chunks = -(-self.product.lhs.depth // self.schedule.depth)
        taps = [loop.extent for loop in self.product.contraction.taps]
        rest, chunk = self.ops.divide(round, chunks) if taps else (0, round)
        return chunk, self.builder.indices(rest, taps)
