"""Sums of products of tensors, of which each goes on from where the one before ends."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import FillOp, GenericOp
from xdsl.ir import Block, Operation, SSAValue

from ..dialects import graph


def accumulated(block: Block, op: graph.AddOp, operands: Sequence[SSAValue]) -> SSAValue | None:
    """Return the sum of two products, the second of which starts from the first instead of zero.

    So the second takes no memory of its own, and nothing is added behind it. Both have to be
    used here alone, and to stand in the block that is lowered. None if they are something else.
    A `linalg.matmul` stays, since it says more than a `linalg.generic`.
    """
    if not isinstance(op.operands[1].owner, graph.DotGeneralOp):
        return None
    if not isinstance(op.operands[0].owner, graph.DotGeneralOp | graph.AddOp):
        return None
    first, second = (_sum_of_products(value, block) for value in operands)
    if first is None or second is None or not all(one.has_one_use() for one in op.operands):
        return None
    zero = second.outputs[0].owner
    if not isinstance(zero, FillOp) or second.outputs[0].type != operands[0].type:
        return None
    second.detach()
    block.add_op(second)
    second.operands[len(second.inputs)] = operands[0]
    _erase_unused(zero)
    return second.results[0]


def _sum_of_products(value: SSAValue, block: Block) -> GenericOp | None:
    """Return the op that sums up: of products and sums, no other has reduction loops."""
    op = value.owner
    if not isinstance(op, GenericOp) or op.parent_block() is not block:
        return None
    reduces = any(kind.data is IteratorType.REDUCTION for kind in op.iterator_types)
    return op if reduces else None


def _erase_unused(fill: FillOp) -> None:
    """Erase a start that nothing reads any more."""
    start = fill.outputs[0].owner
    for op in (fill, start):
        if isinstance(op, Operation) and all(result.first_use is None for result in op.results):
            op.detach()
            op.erase()
