"""Sums of a product where each thread grows a small tile by outer products, in registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects import arith
from xdsl.dialects.builtin import i64
from xdsl.ir import Attribute, SSAValue

from ..dialects.simt.memory import bytes_of
from .scalar_ops import wide
from .simt_product_copy import SharedTile
from .simt_product_ops import KernelOps, Number, Values
from .simt_product_schedule import ProductSchedule

_DOWN, _ACROSS = 4, 8
"""How the lanes of a warp lie in its part of the tile."""


@dataclass(frozen=True)
class Piece:
    """Neighbours in a row of what a warp row computes: where the first lies in it."""

    row: Number
    column: Number
    values: tuple[int, ...]
    """Which of the thread's sums they are."""


@dataclass(frozen=True)
class _Lines:
    """The rows or columns that a thread has of a factor."""

    tile: SharedTile
    element: Attribute
    is_deep: bool
    first: Number
    """The first of them."""
    offsets: tuple[int, ...]
    """The others, from the first on."""
    together: int
    """How many lie together."""


class FmaSums:
    """The sums that a thread of a block has, how they grow and which they are."""

    def __init__(
        self,
        ops: KernelOps,
        schedule: ProductSchedule,
        element: Attribute,
        elements: tuple[Attribute, Attribute],
        tiles: tuple[SharedTile, SharedTile],
        warp: tuple[Number, Number],
        lane: Number,
    ) -> None:
        self.ops = ops
        self.schedule = schedule
        self.element = element
        down, across = ops.divide(lane, _ACROSS)
        rows = schedule.rows // schedule.warp_rows
        columns = schedule.columns // schedule.warp_columns
        self.lhs = self._lines(tiles[0], elements[0], (warp[0], down), (rows, _DOWN))
        self.rhs = self._lines(tiles[1], elements[1], (warp[1], across), (columns, _ACROSS))
        self.warp_row = warp[0]

    def _lines(
        self,
        tile: SharedTile,
        element: Attribute,
        at: tuple[Number, Number],
        sizes: tuple[int, int],
    ) -> _Lines:
        """Return a thread's lines: deep ones far apart, others in groups that are read at once."""
        ops, (extent, lanes), is_deep = self.ops, sizes, tile.is_deep
        count = extent // lanes
        together = 1 if is_deep else min(max(16 // bytes_of(element), 1), count, 4)
        first = ops.add(ops.multiply(at[0], extent), ops.multiply(at[1], together))
        offsets = tuple(n // together * together * lanes + n % together for n in range(count))
        return _Lines(tile, element, is_deep, first, offsets, together)

    @property
    def count(self) -> int:
        """How many sums a thread has."""
        return len(self.lhs.offsets) * len(self.rhs.offsets)

    def start(self) -> Values:
        """Return the sums of nothing."""
        return [self.ops.constant(0, self.element)] * self.count

    @property
    def steps(self) -> int:
        """How many parts the products of a stage have, each with factors in registers."""
        return self.schedule.depth // self._deep

    @property
    def _deep(self) -> int:
        """How many elements of the sums a part has: few, unless they are read together."""
        if not (self.lhs.is_deep or self.rhs.is_deep):
            return 1
        return min(4, *(16 // bytes_of(lines.element) for lines in (self.lhs, self.rhs)))

    def read(self, stage: Number, step: int) -> Values:
        """Return the thread's elements of both factors for a part of a stage."""
        found: list[SSAValue] = []
        for lines in (self.lhs, self.rhs):
            for some in self._read(lines, self._start(lines, stage), step, self._deep):
                found += some
        return found

    def grow(self, factors: Values, sums: Values) -> Values:
        """Return the sums with the products of factors that `read` gave."""
        grown = list(sums)
        rows, columns = len(self.lhs.offsets), len(self.rhs.offsets)
        lhs, rhs = factors[: rows * self._deep], factors[rows * self._deep :]
        for k in range(self._deep):
            for i, left in enumerate(lhs[k * rows : (k + 1) * rows]):
                for j, right in enumerate(rhs[k * columns : (k + 1) * columns]):
                    place = i * columns + j
                    grown[place] = self.ops.multiply_add(left, right, grown[place])
        return grown

    def _start(self, lines: _Lines, stage: Number) -> SSAValue:
        step = lines.tile.pitch if lines.is_deep else 1
        # In i64 a constant that is added becomes part of the instruction.
        terms = (stage, lines.tile.stage), (lines.first, step)
        return self.ops.place(0, *terms, type=i64)

    def _read(
        self, lines: _Lines, start: SSAValue, step: int, deep: int
    ) -> Sequence[Sequence[SSAValue]]:
        """Return for some elements of the sums those of all lines."""
        pitch, size = lines.tile.pitch, bytes_of(lines.element)
        first = step * deep * (1 if lines.is_deep else pitch)
        found: list[list[SSAValue]] = [[] for _ in range(deep)]
        if lines.is_deep:
            for offset in lines.offsets:
                values = self._values(lines, start, first + offset * pitch, deep, deep * size)
                for k, value in enumerate(values):
                    found[k].append(value)
            return found
        for k in range(deep):
            for offset in lines.offsets[:: lines.together]:
                count = lines.together
                place = first + k * pitch + offset
                found[k] += self._values(lines, start, place, count, count * size)
        return found

    def _values(
        self, lines: _Lines, base: SSAValue, offset: int, count: int, align: int
    ) -> list[SSAValue]:
        ops = self.ops
        index = ops.add_far(base, ops.constant(offset, i64))
        values = ops.load(lines.tile.memory, index, lines.element, count, align)
        wider = wide(lines.element)
        if wider == lines.element:
            return list(values)
        return [ops.emit(arith.ExtFOp, wider, value) for value in values]

    def pieces(self) -> list[Piece]:
        """Return where in the part of its warps' row the thread's sums lie."""
        ops, lhs, rhs = self.ops, self.lhs, self.rhs
        rows = self.schedule.rows // self.schedule.warp_rows
        first = ops.add(lhs.first, ops.multiply(self.warp_row, -rows))
        count, wide = len(rhs.offsets), rhs.together
        return [
            Piece(
                ops.add(first, row),
                ops.add(rhs.first, column),
                tuple(i * count + j * wide + n for n in range(wide)),
            )
            for i, row in enumerate(lhs.offsets)
            for j, column in enumerate(rhs.offsets[::wide])
        ]
