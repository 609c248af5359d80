"""Sums of a product where each warp multiplies small matrices of 16-bit floats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import Float16Type, f32, i64
from xdsl.ir import Attribute, SSAValue

from ..dialects import simt
from .simt_product_copy import SharedTile
from .simt_product_fma import Piece
from .simt_product_ops import KernelOps, Number, Values
from .simt_product_schedule import ProductSchedule

_ROWS, _COLUMNS, _DEPTH = 16, 8, 16
"""Sizes of the small matrices."""


@dataclass(frozen=True)
class _Side:
    tile: SharedTile
    is_deep: bool
    first: Number
    """Where the warp's part begins in the tile."""


class MmaSums:
    """The sums that a warp has, how they grow and which of them are a lane's.

    Lane `l` has of each 16 by 8 the rows `l / 4` and that plus 8, and of them the columns
    `l % 4 · 2` and the next. Source: PTX ISA, matrix fragments for mma.m16n8k16,
    <https://docs.nvidia.com/cuda/parallel-thread-execution>.
    """

    def __init__(
        self,
        ops: KernelOps,
        schedule: ProductSchedule,
        element: Attribute,
        tiles: tuple[SharedTile, SharedTile],
        warp: tuple[Number, Number],
        lane: Number,
    ) -> None:
        self.ops = ops
        self.schedule = schedule
        self.kind = "f16" if isinstance(element, Float16Type) else "bf16"
        self.lane = lane
        rows = schedule.rows // schedule.warp_rows
        columns = schedule.columns // schedule.warp_columns
        self.down, self.across = rows // _ROWS, columns // _COLUMNS
        self.lhs = _Side(tiles[0], tiles[0].is_deep, ops.multiply(warp[0], rows))
        self.rhs = _Side(tiles[1], tiles[1].is_deep, ops.multiply(warp[1], columns))
        self._lhs_places = self._all_places(self.lhs, True)
        self._rhs_places = self._all_places(self.rhs, False)

    def start(self) -> Values:
        """Return the sums of nothing."""
        return [self.ops.constant(0, f32)] * (4 * self.down * self.across)

    def _all_places(self, side: _Side, is_lhs: bool) -> Sequence[SSAValue]:
        """Return where the lane's rows lie in the first stage, as far as no constant says it.

        Steps of 16 rows of a tile leave the order of its chunks as it is.
        """
        if side.is_deep:
            steps = self.schedule.depth // _DEPTH
            return [self._place(side, 0, step, is_lhs) for step in range(steps)]
        lines = self.down * _ROWS if is_lhs else self.across * _COLUMNS
        return [self._place(side, line, 0, is_lhs) for line in range(0, lines, 16)]

    def _place(self, side: _Side, line: int, step: int, is_lhs: bool) -> SSAValue:
        """Return where a lane's row of four matrices begins: two lines' and two depths' of 8.

        For the left side the second matrix has the next lines, for the right the next depth.
        """
        ops = self.ops
        eighth, row = ops.divide(self.lane, 8)
        far, near = ops.divide(eighth, 2)
        lines, depths = (near, far) if is_lhs else (far, near)
        line_at = ops.add(side.first, line, ops.multiply(lines, 8))
        depth_at = ops.add(step * _DEPTH, ops.multiply(depths, 8))
        if side.is_deep:
            index = side.tile.index(ops, ops.add(line_at, row), depth_at)
        else:
            index = side.tile.index(ops, ops.add(depth_at, row), line_at)
        # In i64 a constant that is added becomes part of the instruction.
        return ops.widened(ops.value(index), i64)

    @property
    def steps(self) -> int:
        """How many parts the products of a stage have, each with factors in registers."""
        return self.schedule.depth // _DEPTH

    def read(self, stage: Number, step: int) -> Values:
        """Return the lane's elements of both factors for a part of a stage."""
        found: list[SSAValue] = []
        for side, places in ((self.lhs, self._lhs_places), (self.rhs, self._rhs_places)):
            base = self.ops.place(0, (stage, side.tile.stage), type=i64)
            for number in range(self._count(side)):
                found += self._load(side, places, base, number, step)
        return found

    def grow(self, factors: Values, sums: Values) -> Values:
        """Return the sums with the products of factors that `read` gave."""
        grown = list(sums)
        lhs, rhs = factors[: 4 * self.down], factors[4 * self.down :]
        for i in range(self.down):
            for j in range(self.across):
                at = 4 * (i * self.across + j)
                left, right = lhs[4 * i : 4 * i + 4], rhs[2 * j : 2 * j + 2]
                product = simt.MmaOp("m16n8k16", self.kind, left, right, grown[at : at + 4])
                grown[at : at + 4] = self.ops.append(product)
        return grown

    def _count(self, side: _Side) -> int:
        """Return how many loads a lane needs of a factor."""
        return self.down if side is self.lhs else self.across // 2

    def _load(
        self, side: _Side, places: Sequence[SSAValue], base: SSAValue, number: int, step: int
    ) -> Values:
        """Return a lane's part of 16 lines and 16 depths."""
        ops = self.ops
        chosen, rows = (step, number) if side.is_deep else (number, step)
        offset = ops.constant(16 * rows * side.tile.pitch, i64)
        index = ops.add_far(ops.add_far(places[chosen], base), offset)
        return ops.append(simt.MatrixLoadOp(side.tile.memory, index, 4, not side.is_deep))

    def pieces(self) -> list[Piece]:
        """Return where in the part of its warps' row the lane's sums lie."""
        ops = self.ops
        row, pair = ops.divide(self.lane, 4)
        column = ops.add(self.rhs.first, ops.multiply(pair, 2))
        return [
            Piece(
                ops.add(row, i * _ROWS + half * 8),
                ops.add(column, j * _COLUMNS),
                tuple(4 * (i * self.across + j) + 2 * half + n for n in range(2)),
            )
            for i in range(self.down)
            for j in range(self.across)
            for half in range(2)
        ]
