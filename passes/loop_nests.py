"""Loop nests over buffers, and how they fall into rows that touch different memory."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.ir import SSAValue

from ..dialects.access import Access, buffer_access, storage_of
from ..dialects.dtypes import by_element
from .buffers import element_type, extents


@dataclass(frozen=True)
class LoopNest:
    """A `linalg.generic` on buffers, with what each round touches."""

    op: linalg.GenericOp
    extents: tuple[int, ...]
    parallel: tuple[bool, ...]
    storages: tuple[SSAValue | None, ...]
    """The memory of each operand, of which it may be a view; a scalar has none."""
    accesses: tuple[Access | None, ...]


@dataclass(frozen=True)
class RowAccess:
    """What an operand touches in one row of a nest: `first + row·index + Σ step·inner index`."""

    storage: SSAValue
    first: int
    row: int
    """Elements from a row to the next; 0 where all rows touch the same."""
    steps: tuple[int, ...]
    low: int
    high: int
    """The least and the greatest element of the first row."""
    again: int = 0
    """After so many rows the first comes again; 0 if it doesn't."""


@dataclass(frozen=True)
class RowNest:
    """A loop nest whose outer loops are `rows` rounds, and the loops that each round has."""

    op: linalg.GenericOp
    rows: int
    extents: tuple[int, ...]
    parallel: tuple[bool, ...]
    operands: tuple[RowAccess | None, ...]

    @property
    def written(self) -> tuple[RowAccess, ...]:
        """What the outputs touch."""
        outputs = self.operands[len(self.op.inputs) :]
        return tuple(operand for operand in outputs if operand is not None)

    @property
    def contracts(self) -> bool:
        """Whether all rows reduce along the same memory, as products of matrices do."""
        reduced = [n for n, parallel in enumerate(self.parallel) if not parallel]
        inputs = (operand for operand in self.operands if operand is not None)
        return any(not one.row and any(one.steps[n] for n in reduced) for one in inputs)


def loop_nest(op: linalg.GenericOp) -> LoopNest | None:
    """Return the nest of an op; None if its body asks for indices, or its maps aren't linear."""
    if any(isinstance(inner, linalg.IndexOp) for inner in op.body.block.ops):
        return None
    return linear_nest(op)


def linear_nest(op: linalg.GenericOp) -> LoopNest | None:
    """Return the nest of an op; None if its maps aren't linear, or it does nothing."""
    maps = [attribute.data for attribute in op.indexing_maps]
    found = [-1] * len(op.iterator_types)
    storages: list[SSAValue | None] = []
    accesses: list[Access | None] = []
    for value, map in zip(op.operands, maps, strict=True):
        if value.type.name != "memref":
            storages.append(None)
            accesses.append(None)
            continue
        access = buffer_access(value, map)
        if access is None:
            return None
        storages.append(storage_of(value))
        accesses.append(access)
        for expression, extent in zip(map.results, extents(value.type), strict=True):
            position = getattr(expression, "position", None)
            if position is not None:
                found[position] = extent
    if min(found, default=1) < 1:
        return None
    parallel = tuple(kind.data is IteratorType.PARALLEL for kind in op.iterator_types)
    return LoopNest(op, tuple(found), parallel, tuple(storages), tuple(accesses))


def row_counts(nest: LoopNest) -> list[int]:
    """Return into how many rows the outer loops of a nest may divide it: the fewest first."""
    counts: list[int] = []
    for depth in range(1, len(nest.extents) + 1):
        if not nest.parallel[depth - 1]:
            break
        count = prod(nest.extents[:depth])
        if count > 1 and count not in counts:
            counts.append(count)
    return counts


def in_rows(nest: LoopNest, rows: int) -> RowNest | None:
    """Return a nest divided into so many rows; None where its outer loops aren't such rows."""
    depth = 0
    while depth < len(nest.extents) and prod(nest.extents[:depth]) < rows:
        depth += 1
    if prod(nest.extents[:depth]) != rows or not all(nest.parallel[:depth]):
        return None
    inner = [n for n in range(depth, len(nest.extents)) if nest.extents[n] > 1]
    operands: list[RowAccess | None] = []
    for storage, access in zip(nest.storages, nest.accesses, strict=True):
        if storage is None or access is None:
            operands.append(None)
            continue
        operand = _row_access(nest, storage, access, depth, inner)
        if operand is None:
            return None
        operands.append(operand)
    if any(not any(o and o.steps[n] for o in operands) for n in range(len(inner))):
        return None
    kept = tuple(nest.extents[n] for n in inner), tuple(nest.parallel[n] for n in inner)
    return RowNest(nest.op, rows, *kept, tuple(operands))


def _row_access(
    nest: LoopNest, storage: SSAValue, access: Access, depth: int, inner: list[int]
) -> RowAccess | None:
    """Return what an operand touches in a row, if the outer loops step evenly through it."""
    row, size, again = None, 1, 0
    for n in reversed(range(depth)):
        if nest.extents[n] > 1:
            row = access.steps[n] if row is None else row
            if row and not access.steps[n]:
                again = again or size
            elif access.steps[n] != row * size or again:
                return None
            size *= nest.extents[n]
    steps = tuple(access.steps[n] for n in inner)
    ends = [step * (nest.extents[n] - 1) for n, step in zip(inner, steps, strict=True)]
    low = access.first + sum(min(end, 0) for end in ends)
    high = access.first + sum(max(end, 0) for end in ends)
    if row is None or row < 0:
        return None
    return RowAccess(storage, access.first, row, steps, low, high, again)


def bytes_of(storage: SSAValue) -> int:
    """Return how many bytes an element of a buffer has."""
    return by_element()[element_type(storage.type)].itemsize
