"""Where a memref's elements are: a base address, a first element, and strides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from xdsl.dialects import memref
from xdsl.dialects.builtin import MemRefType, StridedLayoutAttr
from xdsl.ir import Attribute
from xdsl.ir.affine import AffineMap
from xdsl.utils.exceptions import PassFailedException

from ...dialects.access import Access, linear_access
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
        return math.prod(self.shape)


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


def access_of(buffer: Buffer, map: AffineMap) -> Access:
    """Return which elements of a buffer an indexing map touches; raise PassFailedException."""
    access = linear_access(map, buffer.strides, buffer.offset)
    if access is None:
        raise PassFailedException(f"error: the indexing map {map} is not linear")
    return access
