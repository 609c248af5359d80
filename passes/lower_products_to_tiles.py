"""Lower functions that outline-kernels made for products to programs that compute a tile each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from xdsl.context import Context
from xdsl.dialects import arith, func, scf
from xdsl.dialects.builtin import ModuleOp, StringAttr, f32
from xdsl.ir import Block, Region, SSAValue
from xdsl.passes import ModulePass

from .kernel_body import KernelBody
from .kernel_groups import Axes, Group, group_ops
from .kernel_kinds import Kind
from .launches import calls_of, kernel_name, launch_kernel
from .outline_kernels import PART, PRODUCT
from .product_form import Product, product_of
from .scalar_ops import INDEX
from .tile_memory import Extent, TileOps
from .tiled_program import TiledProgram

_TILE, _DEPTH = 128, 64
"""Rows and columns of a tile, and how much of the sum is on the chip at once."""
_STEP = 16
"""The cube unit multiplies blocks of 16 rows and columns."""


@dataclass(frozen=True)
class LowerProductsToTilesPass(ModulePass):
    """Turn each part of kind `product` into a kernel whose programs compute a tile each.

    It has the form that Triton's compiler for Ascend gives the vendor's tool: flat memory as
    parameters, then the grid and the program's place in it. What follows the product is computed
    on the tile. Tiles at an edge take only what is inside. Batches are in the grid.
    The function stays as what the launch falls back to.
    """

    name = "lower-products-to-tiles"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the module in place."""
        calls = calls_of(op)
        for function in list(op.body.block.ops):
            if isinstance(function, func.FuncOp) and _is_product(function):
                kernel = tiled_kernel(function, kernel_name(function))
                assert kernel is not None
                launch_kernel(op, function, kernel, calls)


def _is_product(function: func.FuncOp) -> bool:
    return function.attributes.get(PART) == StringAttr(PRODUCT)


def tiled_kernel(function: func.FuncOp, name: str, shrink: int = 0) -> ModuleOp | None:
    """Return the kernel of a product and what follows it, with tiles halved that many times.

    None if no tile is that small.
    """
    group = next(g for g in group_ops(function.body.block).groups if g.kind is Kind.PRODUCT)
    product = product_of(group.ops[0])
    assert product is not None
    tiles = _tiles(product, shrink)
    if tiles is None:
        return None
    return _Tiled(function, group, product, tiles).kernel(name)


def _tiles(product: Product, shrink: int) -> tuple[int, int, int] | None:
    _, rows, columns, depth = product.sizes
    tiles = [_least(rows, _TILE), _least(columns, _TILE), _least(depth, _DEPTH)]
    for _ in range(shrink):
        # The result's tile takes most, and its rows may be fewer at no cost for the columns.
        axis = 0 if tiles[0] >= tiles[1] else 1
        if tiles[axis] <= _STEP:
            return None
        tiles[axis] = max(_STEP, tiles[axis] // 2)
    return tiles[0], tiles[1], tiles[2]


def _least(extent: int, tile: int) -> int:
    return min(tile, -(-extent // _STEP) * _STEP)


@dataclass(frozen=True)
class _Tile:
    """The frame of a tile: its axes are those of the result but for the batch."""

    first: int
    extents: tuple[int, int]

    def of(self, axes: Axes) -> Axes:
        return tuple(axis - self.first for axis in axes if axis >= self.first)

    def shape(self, axes: Axes) -> tuple[int, ...]:
        return tuple(self.extents[axis] for axis in axes)


class _Tiled(TiledProgram):
    """One kernel while it is written."""

    def __init__(
        self, function: func.FuncOp, group: Group, product: Product, tiles: tuple[int, int, int]
    ) -> None:
        super().__init__(function, product.op.location)
        self.group = group
        self.product = product
        self.tiles = tiles
        self.batch, self.rows, self.columns, self.depth = product.sizes

    def kernel(self, name: str) -> ModuleOp:
        """Return the module of the kernel."""
        self._write()
        tiles = -(-self.rows // self.tiles[0]) * -(-self.columns // self.tiles[1])
        mode = "aic" if len(self.group.ops) == 1 else "mix"
        return self.module(name, mode, self.batch * tiles)

    def _write(self) -> None:
        self._place()
        total = self._sum()
        first = len(self.group.space) - 2
        frame = _Tile(first, (self.tiles[0], self.tiles[1]))
        body = KernelBody(self.to, self.group.axes, self.group.all, frame)
        body.values[self.product.result] = total
        for value, axes in self.group.axes.items():
            if value in self.memory:
                self.to.location = self.product.op.location
                body.values[value] = self._operand(value, axes, first)
        for op in self.old.ops:
            if op is not self.end and op is not self.product.op:
                body.write(op)
        self.to.location = self.end.location
        base = self._times(self.place, self.rows * self.columns)
        for value, memory in zip(self.end.operands, self.outputs, strict=True):
            self.write(body.values[value], memory, base, (self.row, self.column))

    def _place(self) -> None:
        """Append which tile this program computes: of which batch, from which row and column."""
        columns = -(-self.columns // self.tiles[1])
        rows = -(-self.rows // self.tiles[0])
        rest, column = self._split(self.number(), columns)
        place, row = self._split(rest, rows)
        self.place = place if self.batch > 1 else None
        self.row = self.to.part(self.rows, self.tiles[0], self._times(row, self.tiles[0]))
        start = self._times(column, self.tiles[1])
        self.column = self.to.part(self.columns, self.tiles[1], start)

    def _split(self, number: SSAValue, count: int) -> tuple[SSAValue, SSAValue | None]:
        """Append quotient and remainder of a number; of 1 there is but one place, None."""
        if count == 1:
            return number, None
        scalars, divisor = self.to.scalars(), self.to.index(count)
        return (
            scalars.emit(arith.DivSIOp, INDEX, number, divisor),
            scalars.emit(arith.RemSIOp, INDEX, number, divisor),
        )

    def _times(self, value: SSAValue | None, number: int) -> SSAValue | None:
        return None if value is None else self.to.times(value, number)

    def _sum(self) -> SSAValue:
        """Append the loop that adds up the products along the depth."""
        to, tile = self.to, self.tiles[2]
        start = to.filled(0, f32, self.tiles[:2])
        bounds = [to.index(number) for number in (0, self.depth, tile)]
        body = Block(arg_types=[INDEX, start.type])
        inner = TileOps(body, to.location)
        depth = inner.part(self.depth, tile, body.args[0])
        lhs = self._factor(inner, self.product.lhs, self.rows, (self.row, depth))
        rhs = self._factor(inner, self.product.rhs, self.columns, (depth, self.column))
        total = inner.multiply(lhs, rhs, body.args[1])
        body.add_op(scf.YieldOp.create(operands=[total], location=to.location))
        loop = scf.ForOp.create(
            operands=[*bounds, start],
            result_types=[start.type],
            regions=[Region(body)],
            location=to.location,
        )
        return to.add(loop)

    def _factor(
        self, to: TileOps, value: SSAValue, extent: int, axes: Sequence[Extent]
    ) -> SSAValue:
        base = None if self.place is None else to.times(self.place, extent * self.depth)
        return to.load(self.memory[value], base, axes)

    def _operand(self, value: SSAValue, axes: Axes, first: int) -> SSAValue:
        """Append a tile of another tensor that the result is combined with."""
        parts = {first: self.row, first + 1: self.column}
        found = [parts[axis] for axis in axes if axis >= first]
        within = prod(part.extent for part in found)
        in_batch = self.place is not None and any(axis < first for axis in axes)
        return self.read(value, self._times(self.place, within) if in_batch else None, found)
