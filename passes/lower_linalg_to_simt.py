"""Make kernels of loop nests, and launches where they stood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Operation
from xdsl.passes import ModulePass
from xdsl.utils.exceptions import PassFailedException

from ..dialects.simt.schedule import (
    BEST_PLACE,
    ELEMENTWISE,
    ON_HOST,
    REDUCTION,
    ROWS,
    SERIAL,
    TRANSPOSE,
    Schedule,
    schedule_of,
)
from ..dialects.source import describe
from .simt_best_place import lower_best_place
from .simt_elementwise import lower_elementwise, lower_serial
from .simt_equal_kernels import merge_equal_kernels
from .simt_fills import take_fills
from .simt_kernel import Kernels
from .simt_nests import Nest, nest_of
from .simt_possible import are_possible_rows, is_possible
from .simt_product import product_of
from .simt_product_kernel import lower_product
from .simt_product_schedule import product_schedule_of
from .simt_reduction import lower_reduction
from .simt_rows import lower_rows, program_at
from .simt_transpose import lower_transpose

Lowering = Callable[[Nest, Schedule, Kernels], None]

FAMILIES: Mapping[str, Lowering] = {
    ELEMENTWISE: lower_elementwise,
    SERIAL: lower_serial,
    REDUCTION: lower_reduction,
    BEST_PLACE: lower_best_place,
    TRANSPOSE: lower_transpose,
}
"""Family to what makes its kernels."""


@dataclass(frozen=True)
class LowerLinalgToSimtPass(ModulePass):
    """Make a kernel of each loop nest with a schedule, and launch it where the nest stood.

    Nests that have no rounds do nothing, and are left out. Those marked `on_host` stay.
    Equal kernels are one.
    """

    name = "lower-linalg-to-simt"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite `op` in place.

        Raises PassFailedException for a nest without a schedule, or with one that can't be run.
        """
        block = op.body.block
        symbols = (inner.properties.get("sym_name") for inner in block.ops)
        names = {symbol.data for symbol in symbols if isinstance(symbol, StringAttr)}
        kernels = Kernels(block, names)
        for function in list(block.ops):
            if isinstance(function, func.FuncOp) and not function.is_declaration:
                _lower_products(list(function.walk()), kernels)
                kernels.starts |= take_fills(function.body.block)
                for inner in list(function.walk()):
                    if isinstance(inner, GenericOp) and ON_HOST not in inner.attributes:
                        _lower(inner, kernels)
        merge_equal_kernels(op)


def _lower_products(ops: Sequence[Operation], kernels: Kernels) -> None:
    """Lower products of matrices, and what before and behind them is done by their kernels."""
    for op in ops:
        product = None if op.parent is None else product_of(op)
        schedule = None if product is None else product_schedule_of(product)
        if product is not None and schedule is not None:
            lower_product(product, schedule, kernels)


def _lower(op: GenericOp, kernels: Kernels) -> None:
    if op.parent is None:
        return  # It was a part of another's kernel.
    schedule = schedule_of(op)
    if schedule is not None and schedule.family == ROWS:
        program = program_at(op)
        if program is None or not are_possible_rows(program, schedule):
            _refuse(op, _IMPOSSIBLE)
        lower_rows(program, schedule, kernels)
        return
    nest = nest_of(op)
    if schedule is None or schedule.family not in FAMILIES or nest is None:
        _refuse(op, "a loop nest has no schedule for a kernel; run schedule-simt before")
    elif all(loop.extent for loop in nest.loops):
        if not is_possible(nest, schedule):
            _refuse(op, _IMPOSSIBLE)
        FAMILIES[schedule.family](nest, schedule, kernels)
    op.detach()
    op.erase()


_IMPOSSIBLE = "no kernel can be made of a loop nest as its schedule says"


def _refuse(op: Operation, problem: str) -> NoReturn:
    raise PassFailedException(f"{describe(op.location)}error: {problem}")
