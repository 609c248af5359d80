"""Decide which kernel each loop nest becomes, and with how many threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.passes import ModulePass

from ..dialects.simt.scalar_ops import needs_host
from ..dialects.simt.schedule import NAME, ON_HOST, Schedule, keep_on_host
from .simt_best_place import best_place_schedule
from .simt_elementwise import elementwise_schedule, serial_schedule
from .simt_nests import Nest, nest_of
from .simt_product import product_of
from .simt_product_schedule import best_schedule, product_schedule_of
from .simt_product_split import split_product
from .simt_reduction_schedule import Machine, reduction_schedule
from .simt_rows import schedule_rows
from .simt_transpose import transpose_schedule


@dataclass(frozen=True)
class ScheduleSimtPass(ModulePass):
    """Write on each loop nest how it becomes a kernel, as the attribute `simt`.

    Its `family` says what the threads do, the numbers how many there are and how much each does:
    `elementwise` (a thread computes `width` neighbours), `transpose` (what is read along the loop
    `turn`, and written along the last one, goes through tiles in shared memory), `reduction`
    (`lanes` threads share the rounds of a result, of `width` neighbours each; `across` of the
    threads beside each other have results beside each other; blocks do `parts` of a result),
    `best_place` (the same for argmax), `rows` (neighbouring nests with one `group` are one kernel,
    in which `lanes` threads have a row in registers), `serial` (a thread takes the rounds of all
    reductions in order), `fma` and `mma` (a block computes a tile of a product of matrices and all
    that belongs to it, which has no schedule of its own: zeros before, and behind it what
    `schedule-epilogues` marked).
    A product of few tiles and long sums becomes one of `parts` of the sums and a reduction.
    What needs C's library, or whose memory isn't reached by steps, gets the attribute `on_host`
    with the reason. A nest that has one of both is left as it is.
    The GPU has `processors`, each of which runs `threads` at a time.
    """

    name = "schedule-simt"

    arch: str = "sm_80"
    processors: int = 132
    threads: int = 2048

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Attach schedules in place; the ops stay as they are."""
        for function in op.body.block.ops:
            if isinstance(function, func.FuncOp) and not function.is_declaration:
                nests = [inner for inner in function.walk() if isinstance(inner, GenericOp)]
                nests = [one for nest in nests for one in self._split(nest)]
                done = {inner for nest in nests for inner in self._schedule_product(nest)}
                schedule_rows(function.body.block, 0, done)
                for nest in nests:
                    if nest not in done:
                        self._schedule(nest)

    def _split(self, op: GenericOp) -> Sequence[GenericOp]:
        """Replace a product of few tiles and long sums, unless its kernel is decided."""
        if NAME in op.attributes or ON_HOST in op.attributes:
            return (op,)
        return split_product(op, self.processors, self.arch)

    def _schedule_product(self, op: GenericOp) -> Sequence[GenericOp]:
        """Attach the schedule of a product of matrices; return all ops that its kernel does."""
        product = None if ON_HOST in op.attributes else product_of(op)
        if product is None:
            return ()
        if NAME in op.attributes:
            return product.ops if product_schedule_of(product) is not None else ()
        if product.contraction.m.extent == 1:
            return ()  # A vector times a matrix is a sum like others: each element is read once.
        schedule = best_schedule(product, self.processors, self.arch)
        if schedule is None:
            return ()
        schedule.attach(op)
        return product.ops

    def _schedule(self, op: GenericOp) -> None:
        if NAME in op.attributes or ON_HOST in op.attributes:
            return
        reason = _reason(op)
        nest = None if reason else nest_of(op)
        if reason or nest is None:
            keep_on_host(op, reason or "the memory that it touches isn't reached by steps")
            return
        schedule = self._best(nest) if nest.is_countable else None
        if schedule is None:
            keep_on_host(op, "it has more rounds than a kernel counts")
        else:
            schedule.attach(op)

    def _best(self, nest: Nest) -> Schedule | None:
        if not nest.reductions:
            return transpose_schedule(nest) or elementwise_schedule(nest)
        machine = Machine(self.processors, self.threads)
        return (
            reduction_schedule(nest, machine)
            or best_place_schedule(nest, machine)
            or serial_schedule(nest)
        )


def _reason(op: GenericOp) -> str:
    """Return why an op can't be a kernel; "" if it can."""
    for inner in op.body.block.ops:
        if needs_host(inner):
            return f"there is no device code for {inner.name} of f64"
    return ""
