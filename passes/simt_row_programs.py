"""Neighbouring loop nests as what a few threads do for one row, which stays in their registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from xdsl.dialects import memref
from xdsl.ir import Attribute, SSAValue

from ..dialects.simt.memory import bytes_of
from ..dialects.simt.schedule import ROWS, Schedule
from .buffers import element_type
from .loop_nests import RowAccess, RowNest
from .simt_combiners import Combiner, combiners_of
from .simt_kernel import widest
from .simt_nests import Nest, is_countable, nest_of

WARP, MOST_THREADS = 32, 1024
_SOME, _MANY = 16, 64
"""Elements of a row that a thread has if there are enough threads, and at most."""

Steps = tuple[tuple[int, int], ...]
"""How a row's elements lie: extents and steps, the innermost last; empty if all are one."""


@dataclass(frozen=True)
class Cell:
    """What a nest touches in a row: some memory, and where in it."""

    storage: SSAValue
    first: int
    row: int
    again: int
    steps: Steps

    @property
    def is_single(self) -> bool:
        """Whether it is one element of each row."""
        return not self.steps

    def is_neighbours(self, length: int) -> bool:
        """Return whether it is a whole row of elements that lie side by side."""
        return self.steps == ((length, 1),)

    @property
    def element(self) -> Attribute:
        """The type of the elements."""
        return element_type(self.storage.type)


@dataclass(frozen=True)
class RowStep:
    """One nest: elementwise on a row, once for a row, or a reduction of it."""

    nest: Nest
    cells: tuple[Cell | None, ...]
    is_single: bool
    combiners: tuple[Combiner, ...]


@dataclass(frozen=True)
class RowProgram:
    """What is done for each of `rows` rows of `length` elements."""

    rows: int
    length: int
    steps: tuple[RowStep, ...]

    @property
    def cells(self) -> list[Cell]:
        """All that is touched."""
        return [cell for step in self.steps for cell in step.cells if cell is not None]

    def width(self) -> int:
        """Return how many neighbours a thread reads at once."""
        wide = [cell for cell in self.cells if cell.is_neighbours(self.length)]
        width = min(widest([cell.element for cell in wide]), 8) if wide else 1
        while width > 1 and (
            self.length % width or any(cell.first % width or cell.row % width for cell in wide)
        ):
            width //= 2
        return width

    def schedule(self, group: int) -> Schedule | None:
        """Return with how many threads it is run; None if a row is too long for registers.

        None, too, for more rows than can be counted.
        """
        if not is_countable(self.rows):
            return None
        width = self.width()
        lanes = WARP
        while lanes < MOST_THREADS and self.length > _SOME * lanes:
            lanes *= 2
        while lanes > 1 and self.length <= width * lanes // 2:
            lanes //= 2
        if self.length > _MANY * lanes or (self.rows < WARP and self.length > 8 * MOST_THREADS):
            return None
        threads = max(lanes, min(128, lanes * self.rows))
        numbers = {"group": group, "rows": self.rows, "threads": threads, "lanes": lanes}
        return Schedule(ROWS, {**numbers, "width": width})


class GrowingProgram:
    """Nests that are added one after the other while they fit into one program."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.length = 1
        self.steps: list[RowStep] = []
        self._written: set[SSAValue] = set()
        self._cells: dict[SSAValue, Cell | None] = {}
        """How memory was touched so far; None if in several ways."""

    def add(self, row: RowNest) -> bool:
        """Add a nest; return whether it fits."""
        step, rounds = _step(row), prod(row.extents)
        if step is None or (rounds != 1 and self.length not in (1, rounds)):
            return False
        cells = [cell for cell in step.cells if cell is not None]
        outputs = [cell for cell in step.cells[step.nest.inputs :] if cell is not None]
        written = self._written | {cell.storage for cell in outputs}
        found: dict[SSAValue, Cell | None] = {}
        for cell in cells:
            before = found.get(cell.storage, self._cells.get(cell.storage, cell))
            found[cell.storage] = cell if before == cell else None
            # What is written has to be in registers where it is read.
            if before != cell and cell.storage in written:
                return False
        self._cells |= found
        self._written = written
        self.length = max(self.length, rounds)
        self.steps.append(step)
        return True

    def program(self) -> RowProgram:
        """Return all that was added."""
        return RowProgram(self.rows, self.length, tuple(self.steps))


def is_worth_it(steps: Sequence[RowStep]) -> bool:
    """Return whether a row is read again, after it was reduced."""
    reduces = any(step.combiners for step in steps)
    return reduces and sum(bool(step.nest.inputs) for step in steps) > 1


def _step(row: RowNest) -> RowStep | None:
    nest = nest_of(row.op)
    if nest is None or nest.asks_for_indices:
        return None
    is_single = prod(row.extents) == 1
    cells = tuple(None if one is None else _cell(one, row.extents) for one in row.operands)
    outputs = [cell for cell in cells[nest.inputs :] if cell is not None]
    if all(row.parallel):
        if any(cell.is_single != is_single or not cell.row for cell in outputs):
            return None
        return RowStep(nest, cells, is_single, ())
    combiners = combiners_of(nest)
    if any(row.parallel) or combiners is None or not all(cell.is_single for cell in outputs):
        return None
    return RowStep(nest, cells, False, tuple(combiners))


def _cell(access: RowAccess, extents: Sequence[int]) -> Cell:
    merged: list[tuple[int, int]] = []
    for extent, step in zip(extents, access.steps, strict=True):
        if merged and merged[-1][1] == step * extent:
            extent *= merged.pop()[0]
        merged.append((extent, step))
    steps = tuple(merged) if any(step for _, step in merged) else ()
    return Cell(access.storage, access.first, access.row, access.again, steps)


def is_aligned(cell: Cell, length: int, width: int) -> bool:
    """Return whether neighbours of a row are one access."""
    return (
        cell.is_neighbours(length)
        and cell.first % width == 0
        and cell.row % width == 0
        and bytes_of(cell.element) * width <= WIDE
    )


WIDE = 16
"""Bytes of the widest access."""


def is_only_used_by(storage: SSAValue, program: RowProgram) -> bool:
    """Return whether nothing but a program uses some memory, which it allocates."""
    if not isinstance(storage.owner, memref.AllocOp):
        return False
    ops = {id(step.nest.op) for step in program.steps}
    return _uses_are_in(storage, ops)


def _uses_are_in(value: SSAValue, ops: set[int]) -> bool:
    for use in value.uses:
        user = use.operation
        if isinstance(user, memref.SubviewOp | memref.ReinterpretCastOp):
            if not _uses_are_in(user.results[0], ops):
                return False
        elif id(user) not in ops and not isinstance(user, memref.DeallocOp):
            return False
    return True
