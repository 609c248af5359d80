"""Where a memref's elements are: a base address, a first element, and strides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from xdsl.dialects import memref
from xdsl.dialects.builtin import MemRefType, StridedLayoutAttr
from xdsl.ir import Attribute
from xdsl.ir.affine import (
    AffineBinaryOpExpr,
    AffineBinaryOpKind,
    AffineConstantExpr,
    AffineDimExpr,
    AffineExpr,
    AffineMap,
)
from xdsl.utils.exceptions import PassFailedException

from .elements import Element, element_of


@dataclass(frozen=True)
class Buffer:
    """Elements at `root`, `offset` and `strides` counted in elements."""

    root: str
    """The address as LLVM names it: an argument, an allocation or a global."""
    element: Element
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int = 0

    @property
    def size(self) -> int:
        """Number of elements."""
        count = 1
        for extent in self.shape:
            count *= extent
        return count


def buffer_at(root: str, type: Attribute, offset: int | None = None) -> Buffer:
    """Return the buffer of a memref type at `root`.

    Raises PassFailedException for a type whose shape or strides are not known.
    """
    if not isinstance(type, MemRefType):
        raise PassFailedException(f"error: the CPU's functions take memrefs, not {type}")
    memory = cast(MemRefType[Attribute], type)
    shape, strides = memory.get_shape(), memory.get_strides()
    if strides is None or None in strides or min(shape, default=0) < 0:
        raise PassFailedException(f"error: the shape and strides of {type} must be constants")
    if offset is None:
        offset = _offset_of(memory)
    known = tuple(stride for stride in strides if stride is not None)
    return Buffer(root, element_of(memory.element_type), shape, known, offset)


def _offset_of(memory: MemRefType[Attribute]) -> int:
    layout = memory.layout
    offset = layout.get_offset() if isinstance(layout, StridedLayoutAttr) else 0
    if offset is None:
        raise PassFailedException(f"error: the offset of {memory} must be a constant")
    return offset


def subview_of(source: Buffer, op: memref.SubviewOp) -> Buffer:
    """Return the part of a buffer that a subview takes; its type says the strides."""
    starts = op.static_offsets.get_values()
    if op.offsets or op.sizes or op.strides:
        raise PassFailedException(f"error: {op.name} must have constant offsets and sizes")
    moved = sum(start * stride for start, stride in zip(starts, source.strides, strict=True))
    return buffer_at(source.root, op.result.type, source.offset + moved)


def reinterpreted(source: Buffer, op: memref.ReinterpretCastOp) -> Buffer:
    """Return the elements of a buffer's base in another shape."""
    if op.offsets or op.sizes or op.strides:
        raise PassFailedException(f"error: {op.name} must have constant offsets and sizes")
    (offset,) = op.static_offsets.get_values()
    return buffer_at(source.root, op.result.type, offset)


@dataclass(frozen=True)
class Access:
    """Which element of a buffer each round of a loop nest touches: `first + Σ step·index`."""

    first: int
    steps: tuple[int, ...]
    """One for each loop, in elements."""


def access_of(buffer: Buffer, map: AffineMap, loops: int) -> Access:
    """Return the access that an indexing map with `loops` dimensions makes."""
    first, steps = buffer.offset, [0] * loops
    for stride, expression in zip(buffer.strides, map.results, strict=True):
        if isinstance(expression, AffineDimExpr):
            steps[expression.position] += stride
            continue
        constant, factors = _linear(expression, loops)
        first += stride * constant
        steps = [step + stride * factor for step, factor in zip(steps, factors, strict=True)]
    return Access(first, tuple(steps))


def _linear(expression: AffineExpr, loops: int) -> tuple[int, Sequence[int]]:
    """Return the constant and the factor of each dimension."""
    if isinstance(expression, AffineConstantExpr):
        return expression.value, [0] * loops
    if isinstance(expression, AffineDimExpr):
        return 0, [int(n == expression.position) for n in range(loops)]
    if isinstance(expression, AffineBinaryOpExpr):
        constant, factors = _linear(expression.lhs, loops)
        other, others = _linear(expression.rhs, loops)
        if expression.kind is AffineBinaryOpKind.Add:
            return constant + other, [a + b for a, b in zip(factors, others, strict=True)]
        if expression.kind is AffineBinaryOpKind.Mul:
            if any(factors) and any(others):
                raise PassFailedException(f"error: the indexing map {expression} is not linear")
            return constant * other, [
                constant * b + a * other for a, b in zip(factors, others, strict=True)
            ]
    raise PassFailedException(f"error: the indexing map {expression} is not linear")
