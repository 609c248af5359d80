"""The loops of a `linalg.generic`: their extents, what they step over, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import MemRefType
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp, IndexOp
from xdsl.ir import BlockArgument, SSAValue
from xdsl.utils.exceptions import PassFailedException

from ...dialects.access import Access
from ...dialects.source import describe
from ..llvm_ir.buffers import Buffer, access_of


@dataclass(frozen=True)
class Dimension:
    """One loop."""

    number: int
    """Its number in the op, as `linalg.index` counts."""
    extent: int
    is_reduction: bool
    steps: tuple[int, ...]
    """By how many elements each operand moves in a round."""


@dataclass(frozen=True)
class Operand:
    """An operand of the op, with the number of the parameter that holds its base address."""

    buffer: Buffer
    access: Access
    parameter: int


@dataclass
class Nest:
    """A `linalg.generic` on buffers."""

    op: GenericOp
    operands: list[Operand | None]
    """A scalar operand has none."""
    roots: list[str]
    """The different base addresses, in the order of parameters."""
    firsts: list[int]
    """For each, the first element that an operand begins at.

    A kernel is given that one's address: nests that differ in nothing else have one kernel.
    """
    dimensions: list[Dimension]

    @property
    def inputs(self) -> int:
        """How many operands are only read; the others are outputs."""
        return len(self.op.inputs)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return any(dimension.extent == 0 for dimension in self.dimensions)

    def outputs(self) -> list[Operand]:
        """Return the operands that are written."""
        return [operand for operand in self.operands[self.inputs :] if operand is not None]

    def touched(self) -> Iterator[tuple[int, int, bool]]:
        """Give each operand's parameter, the bytes of an element, and whether it is written."""
        for position, operand in enumerate(self.operands):
            if operand is not None:
                size = operand.buffer.element.bytes
                yield operand.parameter, size, position >= self.inputs

    def is_reduced(self, output: int) -> bool:
        """Return whether an output stays at one element through all reduction loops."""
        position = self.inputs + output
        reductions = [d for d in self.dimensions if d.is_reduction]
        return bool(reductions) and not any(d.steps[position] for d in reductions)

    def accumulator(self, output: int) -> BlockArgument:
        """Return the body's argument that is the output's element so far."""
        return self.op.body.block.args[self.inputs + output]


def pointers(touched: Iterable[tuple[int, int, bool]]) -> list[str]:
    """Return the parameters of what operands touch: none reaches another's elements."""
    alignments: dict[int, int] = {}
    written: set[int] = set()
    for number, size, is_written in touched:
        alignments[number] = max(alignments.get(number, 1), size)
        if is_written:
            written.add(number)
    return [
        f"ptr noalias nocapture {'' if n in written else 'readonly '}align {alignment} %p{n}"
        for n, alignment in sorted(alignments.items())
    ]


def nest_of(op: GenericOp, buffers: dict[SSAValue, Buffer]) -> Nest:
    """Return the loops of an op; those of one round are left out, and some become one."""
    roots: dict[str, int] = {}
    operands: list[Operand | None] = []
    kinds = [kind.data for kind in op.iterator_types]
    maps = [map.data for map in op.indexing_maps]
    extents = [-1] * len(kinds)
    for value, map in zip(op.operands, maps, strict=True):
        if not isinstance(value.type, MemRefType):
            operands.append(None)
            continue
        buffer = buffers[value]
        number = roots.setdefault(buffer.root, len(roots))
        operands.append(Operand(buffer, access_of(buffer, map), number))
        for expression, extent in zip(map.results, buffer.shape, strict=True):
            position = getattr(expression, "position", None)
            if position is not None:
                extents[position] = extent
    dimensions = [
        Dimension(
            number,
            extents[number],
            kind is IteratorType.REDUCTION,
            tuple(0 if operand is None else operand.access.steps[number] for operand in operands),
        )
        for number, kind in enumerate(kinds)
    ]
    if -1 in extents:
        problem = "has a loop whose extent no operand says"
        raise PassFailedException(f"{describe(op.location)}error: '{op.name}' {problem}")
    return Nest(op, operands, list(roots), _firsts(operands), _simplified(op, dimensions))


def _firsts(operands: Sequence[Operand | None]) -> list[int]:
    firsts: dict[int, int] = {}
    for operand in operands:
        if operand is not None:
            first = operand.access.first
            firsts[operand.parameter] = min(first, firsts.get(operand.parameter, first))
    return list(firsts.values())


def _simplified(op: GenericOp, dimensions: list[Dimension]) -> list[Dimension]:
    left = [dimension for dimension in dimensions if dimension.extent != 1]
    if any(isinstance(inner, IndexOp) for inner in op.body.block.ops):
        return left
    merged: list[Dimension] = []
    for dimension in left:
        if merged and _continues(merged[-1], dimension):
            outer = merged.pop()
            extent = outer.extent * dimension.extent
            dimension = Dimension(dimension.number, extent, dimension.is_reduction, dimension.steps)
        merged.append(dimension)
    return merged


def _continues(outer: Dimension, inner: Dimension) -> bool:
    """Return whether one loop can go through both dimensions."""
    return outer.is_reduction == inner.is_reduction and all(
        a == b * inner.extent for a, b in zip(outer.steps, inner.steps, strict=True)
    )


def innermost(nest: Nest, among: Sequence[Dimension]) -> Dimension:
    """Return the loop whose rounds touch neighbouring elements in most operands.

    A reduction touches its output rarely, so that only the inputs count; else writing counts most.
    """
    reduces = any(dimension.is_reduction for dimension in among)

    def score(dimension: Dimension) -> tuple[int, int]:
        inputs, outputs = dimension.steps[: nest.inputs], dimension.steps[nest.inputs :]
        points = sum(2 if abs(step) == 1 else int(step == 0) for step in inputs)
        if not reduces:
            points += sum(4 if abs(step) == 1 else int(step == 0) for step in outputs)
        return (points if dimension.extent >= 8 else points - 8), dimension.number

    return max(among, key=score)
