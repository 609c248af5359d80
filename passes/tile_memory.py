"""Reads tiles of tensors in memory, and writes them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from xdsl.dialects import affine, arith, memref, tensor
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    AffineMapAttr,
    MemRefType,
    NoneAttr,
    StridedLayoutAttr,
    f32,
)
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.ir.affine import AffineConstantExpr, AffineMap, AffineSymExpr

from ..dialects.tiled_memory import CopyOp, MaterializeOp, ToTensorOp
from .scalar_ops import INDEX, ScalarOps, tensor_of
from .structured_ops import TensorOps, element_of, integers, segments, slice_properties


@dataclass(frozen=True)
class Extent:
    """A part of an axis that a tile takes: where it starts, and how much of it there is."""

    extent: int
    tile: int
    start: SSAValue | None
    """The first index; None is 0."""
    left: SSAValue | None
    """How many indices are inside the tensor, where that isn't the whole tile."""

    @property
    def size(self) -> int:
        """How many indices there are, or that only a run knows it."""
        return self.tile if self.left is None else DYNAMIC_INDEX


class TileOps(TensorOps):
    """Appends ops on tiles of row-major tensors, which a kernel gets as flat memory."""

    def scalars(self) -> ScalarOps:
        """Return what appends scalar ops."""
        return ScalarOps(self.block, self.location)

    def index(self, number: int) -> SSAValue:
        """Append an index."""
        return self.scalars().constant(number, INDEX)

    def times(self, value: SSAValue, number: int) -> SSAValue:
        """Append an index times a number."""
        if number == 1:
            return value
        return self.scalars().emit(arith.MuliOp, INDEX, value, self.index(number))

    def plus(self, first: SSAValue | None, second: SSAValue | None) -> SSAValue | None:
        """Append the sum of two indices; None is 0."""
        if first is None or second is None:
            return first or second
        return self.scalars().emit(arith.AddiOp, INDEX, first, second)

    def part(self, extent: int, tile: int, start: SSAValue | None) -> Extent:
        """Append how much of a tile lies inside an axis."""
        if extent % tile == 0 and tile <= extent:
            return Extent(extent, tile, start, None)
        if start is None:
            return Extent(extent, tile, None, self.index(min(extent, tile)))
        exprs = (AffineConstantExpr(tile), AffineConstantExpr(extent) - AffineSymExpr(0))
        least = affine.MinOp([start], AffineMapAttr(AffineMap(0, 1, exprs)))
        least.location = self.location
        return Extent(extent, tile, start, self.add(least))

    def load(self, source: SSAValue, base: SSAValue | None, axes: Sequence[Extent]) -> SSAValue:
        """Append a tile of a tensor in memory; outside the tensor it has any values."""
        element, shape = element_of(source), tuple(axis.tile for axis in axes)
        buffer = memref.AllocOp([], [], MemRefType(element, shape))
        buffer.location = self.location
        local = self.add(buffer)
        there, here = self._window(source, base, axes), local
        if any(axis.left is not None for axis in axes):
            there, here = self._inside(there, axes), self._inside(local, axes)
        self._append(CopyOp(there, here))
        return self.add(self._placed(ToTensorOp(local, tensor_of(element, shape))))

    def load_scalar(self, source: SSAValue, index: SSAValue | None) -> SSAValue:
        """Append one element."""
        op = memref.LoadOp.get(source, [index if index is not None else self.index(0)])
        op.location = self.location
        return self.add(op)

    def store(
        self, value: SSAValue, dest: SSAValue, base: SSAValue | None, axes: Sequence[Extent]
    ) -> None:
        """Append the write of a tile, as far as it lies inside the tensor."""
        there = self._window(dest, base, axes)
        if any(axis.left is not None for axis in axes):
            there = self._inside(there, axes)
            sizes = [axis.size for axis in axes]
            lefts = [axis.left for axis in axes if axis.left is not None]
            rank = len(axes)
            properties = slice_properties(1, [0] * rank, sizes, [1] * rank)
            properties["operandSegmentSizes"] = segments(1, 0, len(lefts), 0)
            value = self.add(
                tensor.ExtractSliceOp.create(
                    operands=[value, *lefts],
                    result_types=[tensor_of(element_of(value), tuple(sizes))],
                    properties=properties,
                    location=self.location,
                )
            )
        self._append(MaterializeOp(value, there))

    def multiply(self, lhs: SSAValue, rhs: SSAValue, total: SSAValue) -> SSAValue:
        """Append the product of two matrices, added to a total that may have wider elements."""
        region = Block(arg_types=[element_of(value) for value in (lhs, rhs, total)])
        scalars = ScalarOps(region, self.location)
        x, y = (
            value if value.type == f32 else scalars.emit(arith.ExtFOp, f32, value)
            for value in region.args[:2]
        )
        product = scalars.emit(arith.MulfOp, f32, x, y)
        scalars.give(scalars.emit(arith.AddfOp, f32, region.args[2], product))
        return self.add(
            linalg.MatmulOp.create(
                operands=[lhs, rhs, total],
                result_types=[total.type],
                properties={"operandSegmentSizes": segments(2, 1)},
                regions=[Region(region)],
                location=self.location,
            )
        )

    def _window(self, source: SSAValue, base: SSAValue | None, axes: Sequence[Extent]) -> SSAValue:
        """Append flat memory as the tile that starts at some place of a tensor."""
        strides = [1]
        for axis in reversed(axes[1:]):
            strides.insert(0, strides[0] * axis.extent)
        offset = base
        for axis, stride in zip(axes, strides, strict=True):
            if axis.start is not None:
                offset = self.plus(offset, self.times(axis.start, stride))
        if offset is None:
            offset = self.index(0)
        shape = tuple(axis.tile for axis in axes)
        layout = StridedLayoutAttr(strides, None)
        op = memref.ReinterpretCastOp.create(
            operands=[source, offset],
            result_types=[MemRefType(element_of(source), shape, layout)],
            properties={
                "static_offsets": integers(DYNAMIC_INDEX),
                "static_sizes": integers(*shape),
                "static_strides": integers(*strides),
                "operandSegmentSizes": segments(1, 1, 0, 0),
            },
            location=self.location,
        )
        return self.add(op)

    def _inside(self, source: SSAValue, axes: Sequence[Extent]) -> SSAValue:
        """Append the part of a tile's buffer that lies inside the tensor."""
        type = cast("MemRefType[Attribute]", source.type)
        sizes = tuple(axis.size for axis in axes)
        lefts = [axis.left for axis in axes if axis.left is not None]
        layout = type.layout
        if isinstance(layout, NoneAttr):
            strides = [1]
            for axis in reversed(axes[1:]):
                strides.insert(0, strides[0] * axis.tile)
            layout = StridedLayoutAttr(strides)
        rank = len(axes)
        op = memref.SubviewOp.create(
            operands=[source, *lefts],
            result_types=[MemRefType(type.element_type, sizes, layout)],
            properties={
                "static_offsets": integers(*[0] * rank),
                "static_sizes": integers(*sizes),
                "static_strides": integers(*[1] * rank),
                "operandSegmentSizes": segments(1, 0, len(lefts), 0),
            },
            location=self.location,
        )
        return self.add(op)

    def _append(self, op: CopyOp | MaterializeOp) -> None:
        op.location = self.location
        self.block.add_op(op)

    def _placed(self, op: ToTensorOp) -> ToTensorOp:
        op.location = self.location
        return op
