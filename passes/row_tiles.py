"""Writes a loop over tiles of rows, with the loop nests of each tile inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xdsl.dialects import arith, memref
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    LocationAttr,
    MemRefType,
    StridedLayoutAttr,
    UnitAttr,
)
from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects.split import INDEPENDENT
from .buffers import element_type, memref_of
from .loop_nests import RowAccess, RowNest
from .scalar_ops import INDEX, ScalarOps
from .structured_ops import Access, generic, slice_properties


def write_tiles(nests: Sequence[RowNest], lows: Mapping[SSAValue, int], rows: int) -> None:
    """Replace nests by a loop whose rounds do `rows` rows of each, and a rest of fewer.

    `lows` are the allocations that nothing else uses, with their first elements: they become as
    long as a tile.
    """
    from xdsl.dialects import scf

    first, last = nests[0].op, nests[-1].op
    block, body = Block(), Block(arg_types=(INDEX,))
    outside = ScalarOps(block, first.location)
    full, left = divmod(nests[0].rows, rows)
    bounds = [outside.constant(number, INDEX) for number in (0, full, 1)]
    _Tile(body, rows, nests, lows, first.location, index=body.args[0]).write()
    body.add_op(scf.YieldOp.create(location=first.location))
    region = Region(body)
    loop = scf.ForOp.create(operands=bounds, regions=[region], location=first.location)
    loop.attributes[INDEPENDENT] = UnitAttr()
    block.add_op(loop)
    if left:
        _Tile(block, left, nests, lows, first.location, start=full * rows).write()
    around = last.parent_block()
    assert around is not None
    for op in list(block.ops):
        op.detach()
        around.insert_op_before(op, last)
    _erase(nests, lows)


def _erase(nests: Sequence[RowNest], lows: Mapping[SSAValue, int]) -> None:
    """Remove the nests, the views that only they had, and the memory that became shorter."""
    for nest in nests:
        operands = list(nest.op.operands)
        nest.op.detach()
        nest.op.erase()
        for value in operands:
            _erase_view(value)
    for old in lows:
        for use in list(old.uses):
            for view in use.operation.results:
                _erase_view(view)
        for use in list(old.uses):
            use.operation.detach()
            use.operation.erase()
        assert isinstance(old.owner, memref.AllocOp)
        old.owner.detach()
        old.owner.erase()


def _erase_view(value: SSAValue) -> None:
    view = value.owner
    if isinstance(view, memref.SubviewOp | memref.ReinterpretCastOp) and value.first_use is None:
        source = view.source
        view.detach()
        view.erase()
        _erase_view(source)


_View = tuple[SSAValue, int, tuple[SSAValue, ...], tuple[int, ...], tuple[int, ...]]
"""Memory, the first element as a number and as values, sizes and strides."""


class _Tile:
    """Appends nests that go through one tile: the rows from `rows · index` or from `start` on.

    Each round has memory of its own, so that several may run at once.
    """

    def __init__(
        self,
        block: Block,
        rows: int,
        nests: Sequence[RowNest],
        lows: Mapping[SSAValue, int],
        location: LocationAttr,
        *,
        index: SSAValue | None = None,
        start: int = 0,
    ) -> None:
        self.block = block
        self.rows = rows
        self.nests = nests
        self.lows = lows
        self.short: dict[SSAValue, tuple[SSAValue, int]] = {}
        self.index = index
        self.start = start
        self.scalars = ScalarOps(block, location)
        self.moved: dict[tuple[int, int, int], SSAValue] = {}
        self.views: dict[_View, SSAValue] = {}

    def write(self) -> None:
        """Append the memory of a tile, and all nests."""
        lengths = {
            operand.storage: operand.row * self.rows
            for nest in self.nests
            for operand in nest.operands
            if operand is not None
        }
        for storage, low in self.lows.items():
            self.short[storage] = self._memory(storage, lengths[storage]), low
        # All views stand before, so that a product stays next to what clears its result.
        for op in [self._nest(nest) for nest in self.nests]:
            self.block.add_op(op)
        for memory, _ in self.short.values():
            self.block.add_op(
                memref.DeallocOp.create(operands=(memory,), location=self.scalars.location)
            )

    def _memory(self, storage: SSAValue, length: int) -> SSAValue:
        old = storage.owner
        assert isinstance(old, memref.AllocOp)
        new = memref.AllocOp.create(
            result_types=(memref_of(element_type(storage.type), (length,)),),
            properties=old.properties,
            location=old.location,
        )
        self.block.add_op(new)
        return new.memref

    def _nest(self, nest: RowNest) -> Operation:
        op = nest.op
        operands: list[SSAValue] = []
        accesses: list[Access] = []
        for value, operand in zip(op.operands, nest.operands, strict=True):
            view, access = (value, ()) if operand is None else self._view(operand, nest.extents)
            operands.append(view)
            accesses.append(access)
        region = op.regions[0].clone()
        for old, new in zip(op.regions[0].walk(), region.walk(), strict=True):
            new.location = old.location
        inputs = len(op.inputs)
        parallel = (True, *nest.parallel)
        return generic(
            *(operands[:inputs], operands[inputs:], accesses, parallel, region, op.location)
        )

    def _view(self, operand: RowAccess, extents: Sequence[int]) -> tuple[SSAValue, Access]:
        """Append the part of an operand that a tile touches; return it and how the loops do."""
        axes = [(0, self.rows, operand.row)] if operand.row else []
        axes += [
            (number + 1, extent, step)
            for number, (extent, step) in enumerate(zip(extents, operand.steps, strict=True))
            if step
        ]
        sizes = tuple(size for _, size, _ in axes)
        strides = tuple(stride for _, _, stride in axes)
        source, offset, moved = self._start(operand)
        key = source, offset, moved, sizes, strides
        if key not in self.views:
            self.views[key] = self._cast(*key)
        return self.views[key], tuple((number, 1, 0) for number, _, _ in axes)

    def _cast(
        self,
        source: SSAValue,
        offset: int,
        moved: tuple[SSAValue, ...],
        sizes: tuple[int, ...],
        strides: tuple[int, ...],
    ) -> SSAValue:
        """Append a view; one that two nests have is one value, so that backends see it is."""
        view = memref.ReinterpretCastOp.create(
            operands=(source, *moved),
            result_types=(
                MemRefType(
                    element_type(source.type),
                    sizes,
                    StridedLayoutAttr(strides, None if moved else offset),
                ),
            ),
            properties=slice_properties(
                1, (DYNAMIC_INDEX if moved else offset,), sizes, strides, moved=len(moved)
            ),
            location=self.scalars.location,
        )
        self.block.add_op(view)
        return view.result

    def _start(self, operand: RowAccess) -> tuple[SSAValue, int, tuple[SSAValue, ...]]:
        """Return memory, and the first element in it that a tile touches, as number or value."""
        if operand.storage in self.short:
            source, low = self.short[operand.storage]
            return source, operand.first - low, ()
        if self.index is None or not operand.row:
            return operand.storage, operand.first + self.start * operand.row, ()
        key = operand.row, operand.first, operand.again
        if key not in self.moved:
            self.moved[key] = self._offset(*key)
        return operand.storage, 0, (self.moved[key],)

    def _offset(self, row: int, first: int, again: int) -> SSAValue:
        assert self.index is not None
        index, step = self.index, self.scalars.constant(self.rows * row, INDEX)
        if again:
            tiles = self.scalars.constant(again // self.rows, INDEX)
            index = self.scalars.emit(arith.RemUIOp, INDEX, index, tiles)
        offset = self.scalars.emit(arith.MuliOp, INDEX, index, step)
        if not first:
            return offset
        return self.scalars.emit(arith.AddiOp, INDEX, offset, self.scalars.constant(first, INDEX))
