"""Loop nests that only fill with a constant what a reduction then starts from."""

from __future__ import annotations

from collections.abc import Mapping

from xdsl.dialects import arith
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp, YieldOp
from xdsl.ir import Block, Operation, SSAValue
from xdsl.ir.affine import AffineDimExpr

from ..dialects.simt.schedule import BEST_PLACE, ELEMENTWISE, REDUCTION, SERIAL, schedule_of
from .fuse_rows import BETWEEN

Starts = Mapping[int, arith.ConstantOp]
"""Positions of outputs to the numbers that they hold at first."""


def take_fills(block: Block) -> dict[GenericOp, Starts]:
    """Remove the fills of a block behind which reductions stand; return what these start from."""
    found: dict[GenericOp, Starts] = {}
    filled: dict[SSAValue, tuple[GenericOp, arith.ConstantOp]] = {}
    for op in list(block.ops):
        constant = _fill(op)
        if constant is not None and isinstance(op, GenericOp):
            filled[op.outputs[0]] = op, constant
            continue
        if isinstance(op, GenericOp) and filled and _starts_from_memory(op):
            found[op] = _taken(op, filled)
        if not isinstance(op, BETWEEN):
            filled = {}
    return found


def _taken(op: GenericOp, filled: Mapping[SSAValue, tuple[GenericOp, arith.ConstantOp]]) -> Starts:
    starts: dict[int, arith.ConstantOp] = {}
    for position in range(len(op.inputs), len(op.operands)):
        value = op.operands[position]
        if value in filled and _is_whole(op, position):
            fill, constant = filled[value]
            starts[position] = constant.clone()
            fill.detach()
            fill.erase()
    return starts


def _starts_from_memory(op: GenericOp) -> bool:
    schedule = schedule_of(op)
    if schedule is None or schedule.family not in (REDUCTION, BEST_PLACE, SERIAL):
        return False
    # One without rounds does nothing: then the fill is all there is.
    return all(op.get_static_loop_ranges()) and len(set(op.outputs)) == len(op.outputs)


def _fill(op: Operation) -> arith.ConstantOp | None:
    """Return the constant that an op fills some memory with, if it does nothing else."""
    if not isinstance(op, GenericOp) or op.inputs or len(op.outputs) != 1:
        return None
    schedule, last = schedule_of(op), op.body.block.last_op
    if schedule is None or schedule.family != ELEMENTWISE or not isinstance(last, YieldOp):
        return None
    constant = last.operands[0].owner
    is_fill = isinstance(constant, arith.ConstantOp) and _is_whole(op, 0)
    return constant if is_fill and isinstance(constant, arith.ConstantOp) else None


def _is_whole(op: GenericOp, position: int) -> bool:
    """Return whether parallel loops go through all elements of an operand, each once."""
    positions = [
        result.position if isinstance(result, AffineDimExpr) else -1
        for result in op.indexing_maps.data[position].data.results
    ]
    parallel = [n for n, kind in enumerate(op.iterator_types) if kind.data is IteratorType.PARALLEL]
    return sorted(positions) == parallel
