"""Lowers what raises to `cf.assert`, whose message is the exception's name and its text."""

from __future__ import annotations

from xdsl.dialects import tensor
from xdsl.dialects.builtin import StringAttr, i1
from xdsl.ir import SSAValue

from ..dialects import graph
from .scalar_ops import ScalarOps
from .structured_ops import TensorOps


def lower_raise(to: TensorOps, op: graph.RaiseOp) -> None:
    """Append what raises always: what comes after it is never reached."""
    _raise_unless(to, op, ScalarOps(to.block, op.location).constant(0, i1))


def lower_assert(to: TensorOps, op: graph.AssertOp, condition: SSAValue) -> None:
    """Append what raises unless the condition, a tensor, is true."""
    _raise_unless(to, op, element(to, condition))


def element(to: TensorOps, value: SSAValue) -> SSAValue:
    """Append the scalar that a condition has in it."""
    return to.add(
        tensor.ExtractOp.create(operands=[value], result_types=[i1], location=to.location)
    )


def _raise_unless(to: TensorOps, op: graph.RaiseOp | graph.AssertOp, condition: SSAValue) -> None:
    # Only programs that raise wait for this import.
    from xdsl.dialects import cf

    text = f"{op.exception.data}: {op.message.data}"
    to.block.add_op(
        cf.AssertOp.create(
            operands=[condition], properties={"msg": StringAttr(text)}, location=op.location
        )
    )
