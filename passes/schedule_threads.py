"""Decide which loops threads share, from what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import cast

from xdsl.context import Context
from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import IntegerAttr, ModuleOp
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Attribute, SSAValue
from xdsl.passes import ModulePass

from ..dialects.contraction import STREAM, Contraction, Schedule, contraction_of, schedule_of
from ..dialects.nested_ops import nested_ops
from ..dialects.split import BATCH, COLUMNS, INDEPENDENT, ROWS, Split
from .loop_nests import LoopNest, linear_nest

_MOST, _MANY = 1024, 4
"""Parts of a loop, and rounds of an outer loop for each thread that are enough."""
_MULTIPLICATIONS = 8
"""How many of a scheduled product take as long as a round of a simple loop."""
_OPS, _FORMULA = 8, 4
"""Ops of a body that take as long as a round's memory, and rounds that a formula takes."""
_COPY = 32
"""How many times a copied row or column is used before copying it takes none of the time."""


@dataclass(frozen=True)
class ScheduleThreadsPass(ModulePass):
    """Write on loops that take long which of them several threads share, and in how many parts.

    The attribute `split` names the loop: one of a `linalg.generic` by its number, of a product
    with a schedule its rows `m`, columns `n` or the `outer` loops, of an `scf.for` itself.
    Sums aren't split, so that results never depend on the number of threads. What follows a
    product on its parts is done by the thread that has the part.
    A loop of fewer than `least` simple rounds stays on the thread that calls, a part has at least
    `part` of them; `threads` are as many as the products are cut for.
    """

    name = "schedule-threads"

    least: int = 65536
    part: int = 16384
    threads: int = 2

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Attach splits in place; the ops stay as they are."""
        for inner in nested_ops(op):
            split = None
            if type(inner) is scf.ForOp and INDEPENDENT in inner.attributes:
                split = self._of_rounds(inner)
            elif type(inner) is GenericOp:
                split = self._of_nest(inner)
            if split is not None and split.parts > 1:
                split.attach(inner)

    def _parts(self, work: int, rounds: int) -> int:
        """Return into how many parts work is cut, of which the loop's rounds are the least."""
        return min(rounds, max(work // self.part, 1), _MOST) if work >= self.least else 1

    def _of_rounds(self, op: scf.ForOp) -> Split | None:
        count = _constant(op.ub)
        if count is None:
            return None
        nests = [inner for inner in op.body.walk() if isinstance(inner, GenericOp)]
        work = sum(count * _work(nest, nest.get_static_loop_ranges()) for nest in nests)
        return Split(0, self._parts(work, count))

    def _of_nest(self, op: GenericOp) -> Split | None:
        nest = linear_nest(op)
        if nest is None:
            return None
        schedule = schedule_of(op)
        contraction = contraction_of(op) if schedule is not None else None
        if schedule is not None and contraction is not None:
            return self._of_product(contraction, schedule)
        free = [n for n in range(len(nest.extents)) if _is_free(nest, n)]
        if not free:
            return None
        long = [n for n in free if nest.extents[n] >= _MANY * self.threads]
        loop = long[0] if long else max(free, key=lambda n: nest.extents[n])
        # Loops that go on where others end are one: then there are more rounds than these.
        return Split(
            loop, self._parts(_work(op, nest.extents), prod(nest.extents[n] for n in free))
        )

    def _of_product(self, contraction: Contraction, schedule: Schedule) -> Split:
        outer = contraction.outer
        work = prod(loop.extent for loop in outer) * contraction.multiplications // _MULTIPLICATIONS
        parts = self._parts(work, _MOST)
        if outer and outer[0].out and outer[0].extent >= 2 * self.threads:
            return Split(BATCH, min(parts, outer[0].extent))
        rows, columns = _tiles(contraction, schedule)
        of_columns = self._time(columns, contraction.n.extent, schedule.pack_lhs)
        of_rows = self._time(rows, contraction.m.extent, schedule.pack_rhs)
        if schedule.kind == STREAM or of_columns <= of_rows:
            few = 1 if schedule.kind == STREAM else 2
            return Split(COLUMNS, min(parts, columns, few * self.threads))
        return Split(ROWS, min(parts, rows, 4 * self.threads))

    def _time(self, tiles: int, extent: int, copies: bool) -> float:
        """Return the longest thread's share of the time, and what each copies for itself."""
        return -(-tiles // self.threads) / tiles + (_COPY / extent if copies else 0)


def _tiles(contraction: Contraction, schedule: Schedule) -> tuple[int, int]:
    """Return how many tiles the result has one below the other, and side by side."""
    rows, columns = contraction.m.extent, contraction.n.extent
    if schedule.kind == STREAM:
        return 1, -(-columns // schedule.lanes)
    return -(-rows // schedule.rows), -(-columns // schedule.columns)


def _is_free(nest: LoopNest, loop: int) -> bool:
    """Return whether each round writes other elements, and reads none that others write."""
    if not nest.parallel[loop] or nest.extents[loop] < 2:
        return False
    inputs = len(nest.op.inputs)
    places = list(zip(nest.storages, nest.accesses, strict=True))
    for storage, access in places[inputs:]:
        if access is None or access.steps[loop] == 0:
            return False
        if any(one is storage and other != access for one, other in places):
            return False
    return True


def _work(op: GenericOp, extents: Sequence[int]) -> int:
    """Return the time of a nest, in rounds of a loop that does next to nothing."""
    ops = list(op.body.block.ops)
    formulas = sum(op.name.startswith("math.") for op in ops)
    return prod(extents) * (1 + len(ops) // _OPS + _FORMULA * formulas)


def _constant(value: SSAValue) -> int | None:
    op = value.owner
    if not isinstance(op, arith.ConstantOp) or not isinstance(op.value, IntegerAttr):
        return None
    return cast("IntegerAttr[Attribute]", op.value).value.data  # pyright: ignore[reportInvalidTypeArguments]
