"""Loop nests as kernels see them: which memory each operand is in, and how each loop steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import cast

from xdsl.dialects import memref
from xdsl.dialects.builtin import MemRefType, StridedLayoutAttr
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp, IndexOp
from xdsl.ir import Attribute, SSAValue

from ..dialects.access import linear_access
from .buffers import element_type, extents

FAR = (1 << 31) - 1
"""The greatest number that an i32 holds: threads, blocks and rounds are counted in such."""
_MOST_MERGED = 1 << 30
"""Rounds of loops that became one."""


@dataclass(frozen=True)
class Place:
    """An operand: elements of some memory, from `first` on."""

    root: SSAValue
    """The memory's start: an allocation, an argument, or a view that begins where a value says."""
    element: Attribute
    first: int


@dataclass(frozen=True)
class Loop:
    """One loop, with the elements that each operand moves by in a round."""

    number: int
    """Which of the op's loops it is, as `linalg.index` counts."""
    extent: int
    parallel: bool
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Nest:
    """A `linalg.generic` on buffers. Loops of one round are left out, and some became one."""

    op: GenericOp
    places: tuple[Place | None, ...]
    """A scalar has none."""
    loops: tuple[Loop, ...]
    """The parallel ones come first; the last of these writes neighbours, if one does."""

    @property
    def inputs(self) -> int:
        """How many operands are only read."""
        return len(self.op.inputs)

    @cached_property
    def parallel(self) -> tuple[Loop, ...]:
        """The loops whose rounds may run at once."""
        return tuple(loop for loop in self.loops if loop.parallel)

    @cached_property
    def reductions(self) -> tuple[Loop, ...]:
        """The loops whose rounds come one after the other, as they were written."""
        return tuple(loop for loop in self.loops if not loop.parallel)

    @property
    def points(self) -> int:
        """How many rounds the parallel loops have together."""
        return prod(loop.extent for loop in self.parallel)

    @property
    def asks_for_indices(self) -> bool:
        """Whether the body has a `linalg.index`."""
        return any(isinstance(op, IndexOp) for op in self.op.body.block.ops)

    @property
    def outputs(self) -> range:
        """The positions of the operands that are written."""
        return range(self.inputs, len(self.places))

    def is_reduced(self, position: int) -> bool:
        """Return whether an output stays at one element through all reductions."""
        return not any(loop.steps[position] for loop in self.reductions)

    @property
    def is_countable(self) -> bool:
        """Whether the rounds of each loop can be counted."""
        return all(is_countable(loop.extent) for loop in self.loops)

    @property
    def farthest(self) -> int:
        """The greatest number that an index may be."""
        most = 0
        for position, place in enumerate(self.places):
            if place is not None:
                ends = (abs(loop.steps[position]) * loop.extent for loop in self.loops)
                most = max(most, place.first + sum(ends))
        return most


def is_countable(number: int) -> bool:
    """Return whether so many can be counted; those of a block may go beyond the end."""
    return number <= FAR - 1024


def nest_of(op: GenericOp) -> Nest | None:
    """Return an op on buffers as a nest; None if its memory isn't reached by steps.

    A nest with a loop of no rounds does nothing: it has that loop.
    """
    kinds = [kind.data is IteratorType.PARALLEL for kind in op.iterator_types]
    found = [-1] * len(kinds)
    places: list[Place | None] = []
    steps: list[tuple[int, ...]] = []
    roots: dict[tuple[SSAValue, SSAValue], SSAValue] = {}
    for value, attribute in zip(op.operands, op.indexing_maps, strict=True):
        if value.type.name != "memref":
            places.append(None)
            steps.append((0,) * len(kinds))
            continue
        start = _start(value, roots)
        access = None if start is None else linear_access(attribute.data, _strides(value), start[1])
        if start is None or access is None:
            return None
        places.append(Place(start[0], element_type(value.type), access.first))
        steps.append(access.steps)
        for expression, extent in zip(attribute.data.results, extents(value.type), strict=True):
            position = getattr(expression, "position", None)
            if position is not None:
                found[position] = extent
    if -1 in found:
        return None
    loops = [
        Loop(n, found[n], kinds[n], tuple(step[n] for step in steps))
        for n in range(len(kinds))
        if found[n] != 1
    ]
    return Nest(op, tuple(places), tuple(_ordered(op, loops)))


def _ordered(op: GenericOp, loops: Sequence[Loop]) -> list[Loop]:
    """Return the loops, parallel ones first and by how far they write; neighbours are one."""
    first = len(op.inputs)
    parallel = [loop for loop in loops if loop.parallel]
    parallel.sort(key=lambda loop: -min((abs(s) for s in loop.steps[first:] if s), default=0))
    ordered = [*parallel, *(loop for loop in loops if not loop.parallel)]
    if any(isinstance(inner, IndexOp) for inner in op.body.block.ops):
        return ordered
    merged: list[Loop] = []
    for loop in ordered:
        if merged and continues(merged[-1], loop):
            extent = merged.pop().extent * loop.extent
            loop = replace(loop, extent=extent)
        merged.append(loop)
    return merged


def continues(outer: Loop, inner: Loop) -> bool:
    """Return whether two loops, one in the other, may be one."""
    return (
        outer.parallel == inner.parallel
        and outer.extent * inner.extent <= _MOST_MERGED
        and all(a == b * inner.extent for a, b in zip(outer.steps, inner.steps, strict=True))
    )


def _strides(value: SSAValue) -> list[int]:
    strides = cast("MemRefType[Attribute]", value.type).get_strides()
    return [0 if stride is None else stride for stride in strides or ()]


def _start(
    value: SSAValue, roots: dict[tuple[SSAValue, SSAValue], SSAValue]
) -> tuple[SSAValue, int] | None:
    """Return the memory that a buffer is in, and the element of it that it begins with.

    Views that begin at the same value of the same memory are one memory, named by the first.
    """
    match value.owner:
        case memref.SubviewOp() as view:
            start = _start(view.source, roots)
            if start is None or view.offsets or view.sizes or view.strides:
                return None
            moved = view.static_offsets.get_values()
            pairs = zip(moved, _strides(view.source), strict=True)
            return start[0], start[1] + sum(n * stride for n, stride in pairs)
        case memref.ReinterpretCastOp() as view:
            if view.sizes or view.strides:
                return None
            source = _start(view.source, roots)
            if source is None:
                return None
            if not view.offsets:
                (offset,) = view.static_offsets.get_values()
                return source[0], offset
            return roots.setdefault((source[0], view.offsets[0]), value), 0
        case _:
            layout = cast("MemRefType[Attribute]", value.type).layout
            offset = layout.get_offset() if isinstance(layout, StridedLayoutAttr) else 0
            return None if offset is None else (value, offset)
