"""Lowers branches and loops to scf on tensors, and what raises to `cf.assert`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from xdsl.dialects import arith, scf, tensor
from xdsl.dialects.builtin import StringAttr, i1, i64
from xdsl.ir import Operation, Region, SSAValue

from ..dialects import graph
from ..dialects.graph.control import CONDITION
from .lower_graph_to_linalg import BlockLowering, lowered_type
from .scalar_ops import INDEX, ScalarOps
from .structured_ops import TensorOps


def lower_control(
    lowering: BlockLowering, op: Operation, operands: Sequence[SSAValue]
) -> Sequence[SSAValue]:
    """Append what an op with regions, or one that raises, becomes; return its results."""
    return _LOWERINGS[type(op)](lowering, op, operands)


def _lower_if(
    lowering: BlockLowering, op: Operation, operands: Sequence[SSAValue]
) -> Sequence[SSAValue]:
    condition = _element(lowering.to, operands[0])
    types = [lowered_type(type) for type in op.result_types]
    regions = [
        _yielding(op, BlockLowering(region.block, lowering.values, op.location))
        for region in op.regions
    ]
    branch = scf.IfOp.create(
        operands=[condition], result_types=types, regions=regions, location=op.location
    )
    lowering.block.add_op(branch)
    return branch.results


def _lower_while(
    lowering: BlockLowering, op: Operation, operands: Sequence[SSAValue]
) -> Sequence[SSAValue]:
    condition, body = (
        BlockLowering(region.block, lowering.values, op.location) for region in op.regions
    )
    (given,) = condition.lower() or condition.nothing([CONDITION])
    goes_on = _element(condition.to, given)
    operands_of_end = [goes_on, *condition.block.args]
    condition.block.add_op(
        scf.ConditionOp.create(operands=operands_of_end, location=condition.to.location)
    )
    loop = scf.WhileOp.create(
        operands=operands,
        result_types=[value.type for value in operands],
        regions=[Region(condition.block), _yielding(op, body)],
        location=op.location,
    )
    lowering.block.add_op(loop)
    return loop.results


def _lower_for(
    lowering: BlockLowering, op: Operation, operands: Sequence[SSAValue]
) -> Sequence[SSAValue]:
    """Carry the integer beside the other values if it is read, and let the loop only count."""
    loop = cast(graph.ForOp, op)
    if loop.count.value.data == 0:
        return operands
    scalars, whole = ScalarOps(lowering.block, op.location), lowering.to.whole(())
    bounds = [scalars.constant(number, INDEX) for number in (0, loop.count.value.data, 1)]
    body = BlockLowering(loop.body.block, lowering.values, op.location)
    body.block.insert_arg(INDEX, 0)
    integer = body.block.args[1]
    given = body.lower()
    given = body.nothing(op.result_types) if given is None else given
    if loop.body.block.args[0].first_use is not None:
        step = body.to.whole(()).constant(loop.step.value.data, i64)
        given = [body.to.whole(()).emit(arith.AddiOp, i64, integer, step), *given]
        operands = [whole.constant(loop.start.value.data, i64), *operands]
    else:
        body.block.erase_arg(integer)
    _end(body, given)
    counted = scf.ForOp.create(
        operands=[*bounds, *operands],
        result_types=[value.type for value in operands],
        regions=[Region(body.block)],
        location=op.location,
    )
    lowering.block.add_op(counted)
    return counted.results[len(operands) - len(op.results) :]


def _lower_raise(
    lowering: BlockLowering, op: Operation, operands: Sequence[SSAValue]
) -> Sequence[SSAValue]:
    """Raise always: what comes after it is never reached."""
    _raise_unless(lowering, op, ScalarOps(lowering.block, op.location).constant(0, i1))
    return ()


def _lower_assert(
    lowering: BlockLowering, op: Operation, operands: Sequence[SSAValue]
) -> Sequence[SSAValue]:
    _raise_unless(lowering, op, _element(lowering.to, operands[0]))
    return ()


def _raise_unless(lowering: BlockLowering, op: Operation, condition: SSAValue) -> None:
    # Only programs that raise wait for this import.
    from xdsl.dialects import cf

    raising = cast(graph.AssertOp | graph.RaiseOp, op)
    text = f"{raising.exception.data}: {raising.message.data}"
    lowering.block.add_op(
        cf.AssertOp.create(
            operands=[condition], properties={"msg": StringAttr(text)}, location=op.location
        )
    )


def _yielding(op: Operation, lowering: BlockLowering) -> Region:
    """Lower the block of a region that gives the op's results, or is left before."""
    given = lowering.lower()
    _end(lowering, lowering.nothing(op.result_types) if given is None else given)
    return Region(lowering.block)


def _end(lowering: BlockLowering, given: Sequence[SSAValue]) -> None:
    lowering.block.add_op(scf.YieldOp.create(operands=given, location=lowering.to.location))


def _element(to: TensorOps, value: SSAValue) -> SSAValue:
    """Append the scalar that a condition has in it."""
    return to.add(
        tensor.ExtractOp.create(operands=[value], result_types=[i1], location=to.location)
    )


_LOWERINGS: dict[
    type[Operation],
    Callable[[BlockLowering, Operation, Sequence[SSAValue]], Sequence[SSAValue]],
] = {
    graph.IfOp: _lower_if,
    graph.WhileOp: _lower_while,
    graph.ForOp: _lower_for,
    graph.RaiseOp: _lower_raise,
    graph.AssertOp: _lower_assert,
}
