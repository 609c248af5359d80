"""What graph's reductions and products are in linalg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from xdsl.dialects import arith
from xdsl.dialects.builtin import i1
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects import graph
from ..dialects.dtypes import DType, int64, integer_limits, spec_of
from .lower_elementwise import SINGLE
from .scalar_ops import ScalarOps, signless, wide
from .structured_ops import Access, TensorOps, identity, integers, loops, shape_of

COMBINERS: dict[str, type[Operation]] = {
    "sum": graph.AddOp,
    "prod": graph.MulOp,
    "max": graph.MaximumOp,
    "min": graph.MinimumOp,
    "any": graph.OrOp,
    "all": graph.AndOp,
}


def lower_reduce(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Append a `linalg.reduce`; float16 and bfloat16 are reduced in f32 and rounded once."""
    reduce = cast(graph.ReduceOp, op)
    spec, source = spec_of(op.results[0].type), spec_of(op.operands[0].type)
    axes, kind = sorted(reduce.axes.get_values()), reduce.kind.data
    if not axes:
        return operands[0]
    element, wider = signless(spec.dtype), wide(signless(spec.dtype))
    value = operands[0]
    if element != wider:
        value = to.whole(source.shape).emit(arith.ExtFOp, wider, value)
    start = to.filled(identity_element(kind, spec.dtype), wider, spec.shape)
    block = Block(arg_types=(wider, wider))
    scalars = ScalarOps(block, to.location)
    combiner = SINGLE[spec.dtype.kind][COMBINERS[kind]]
    scalars.give(scalars.emit(combiner, wider, *block.args))
    result = to.add(
        linalg.ReduceOp.create(
            operands=(value, start),
            result_types=(start.type,),
            properties={"dimensions": integers(*axes)},
            regions=[Region(block)],
            location=to.location,
        )
    )
    return (
        result if element == wider else to.whole(spec.shape).emit(arith.TruncFOp, element, result)
    )


def identity_element(kind: str, dtype: DType) -> float:
    """Return the number that changes nothing when a reduction combines it with another."""
    if kind in ("sum", "any"):
        return 0
    if kind in ("prod", "all"):
        return 1
    if dtype.is_floating:
        return float("-inf") if kind == "max" else float("inf")
    least, greatest = integer_limits(dtype)
    return least if kind == "max" else greatest


def lower_argreduce(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Append a reduction to the best element and its index; the first nan is best."""
    reduce = cast(graph.ArgReduceOp, op)
    axis, kind = reduce.axis.value.data, reduce.kind.data
    source, shape = spec_of(op.operands[0].type), spec_of(op.results[0].type).shape
    element = signless(source.dtype)
    better = ("u" if source.dtype.is_floating else "s" if source.dtype.kind == "i" else "u") + (
        "gt" if kind == "max" else "lt"
    )

    def body(scalars: ScalarOps, values: Sequence[SSAValue]) -> Sequence[SSAValue]:
        value, best, place = values
        x, y = value, best
        if wide(element) != element:
            x, y = (scalars.emit(arith.ExtFOp, wide(element), v) for v in (value, best))
        take = scalars.compare(better, x, y)
        if source.dtype.is_floating:
            # A nan is better than any number, but not than another nan.
            take = scalars.emit(arith.AndIOp, i1, take, scalars.compare("ord", y, y))
        index = scalars.emit(arith.IndexCastOp, int64.element, scalars.index(axis))
        return scalars.select(take, value, best), scalars.select(take, index, place)

    rank = len(source.shape)
    kept = loops([i for i in range(rank) if i != axis])
    outputs = [
        to.filled(identity_element(kind, source.dtype), element, shape),
        to.filled(0, int64.element, shape),
    ]
    parallel = [i != axis for i in range(rank)]
    return to.generic(operands, outputs, [identity(rank), kept, kept], parallel, body).results[1]


def lower_dot_general(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Append a `linalg.matmul` of two matrices as they are, a `linalg.generic` for all else."""
    dot = cast(graph.DotGeneralOp, op)
    spec = spec_of(op.results[0].type)
    element, wider = signless(spec.dtype), wide(signless(spec.dtype))
    lhs, rhs, out, count = accesses_of(dot)
    free = len(spec.shape)
    multiply, add = (SINGLE[spec.dtype.kind][kind] for kind in (graph.MulOp, graph.AddOp))
    summed = count > free
    start = to.filled(0, wider, spec.shape) if summed else to.empty(wider, spec.shape)
    if element == wider and spec.dtype.kind != "b" and _is_matmul(lhs, rhs, free, count):
        return to.matmul(operands[0], operands[1], start)

    def body(scalars: ScalarOps, values: Sequence[SSAValue]) -> Sequence[SSAValue]:
        x, y = values[:2]
        if element != wider:
            x, y = (scalars.emit(arith.ExtFOp, wider, v) for v in (x, y))
        product = scalars.emit(multiply, wider, x, y)
        return [scalars.emit(add, wider, values[2], product) if summed else product]

    parallel = [i < free for i in range(count)]
    result = to.generic(operands, [start], [lhs, rhs, out], parallel, body).results[0]
    return (
        result if element == wider else to.whole(spec.shape).emit(arith.TruncFOp, element, result)
    )


def accesses_of(dot: graph.DotGeneralOp) -> tuple[Access, Access, Access, int]:
    """Return how the operands and the result are reached from the loops, and how many there are.

    The loops are the result's axes, then the contracted ones.
    """
    ranks = [len(shape_of(value)) for value in dot.operands]
    batch = dot.lhs_batch.get_values(), dot.rhs_batch.get_values()
    contracted = dot.lhs_contract.get_values(), dot.rhs_contract.get_values()
    free = len(spec_of(dot.results[0].type).shape)
    found: list[Access] = []
    place = len(batch[0])
    for rank, batched, summed in zip(ranks, batch, contracted, strict=True):
        loop_of = {axis: i for i, axis in enumerate(batched)}
        loop_of |= {axis: free + i for i, axis in enumerate(summed)}
        for axis in range(rank):
            if axis not in loop_of:
                loop_of[axis] = place
                place += 1
        found.append(loops([loop_of[axis] for axis in range(rank)]))
    return found[0], found[1], identity(free), free + len(contracted[0])


def _is_matmul(lhs: Access, rhs: Access, free: int, count: int) -> bool:
    return (free, count) == (2, 3) and lhs == loops((0, 2)) and rhs == loops((2, 1))
