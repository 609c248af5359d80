"""Reductions whose steps may be taken in any order: what combines, and what changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects import arith
from xdsl.dialects.builtin import (
    BFloat16Type,
    Float16Type,
    f32,
    i1,
    i32,
)
from xdsl.dialects.linalg.ops import YieldOp
from xdsl.ir import Attribute, Operation, SSAValue

from ..dialects import neutral, simt
from ..dialects.append import defaults
from .scalar_ops import COMPARE_FLOATS, integer, scalar_attribute, width
from .simt_nests import Nest
from .simt_product_ops import KernelOps


@dataclass(frozen=True)
class Combiner:
    """How one output is reduced."""

    position: int
    """Of the output among the operands."""
    op: Operation
    term: SSAValue
    """What each round brings."""
    element: Attribute

    @property
    def type(self) -> Attribute:
        """The type of partial results; 16-bit floats are not rounded on the way."""
        return f32 if isinstance(self.element, Float16Type | BFloat16Type) else self.element

    @property
    def is_sum(self) -> bool:
        """Whether this adds floats, so that the order matters for the rounding."""
        return isinstance(self.op, arith.AddfOp)

    def start(self, ops: KernelOps) -> SSAValue:
        """Return the value that changes nothing when it is combined."""
        bits, kind = width(self.type), type(self.op)
        number = neutral.FLOAT[kind] if bits is None else neutral.INTEGER[kind](bits)
        value = scalar_attribute(number, self.type)
        return ops.known(
            arith.ConstantOp.create(result_types=(self.type,), properties={"value": value})
        )

    def combine(self, ops: KernelOps, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Append one step on partial results."""
        return ops.emit(type(self.op), self.type, lhs, rhs)

    def partial(self, ops: KernelOps, term: SSAValue) -> SSAValue:
        """Return an element as a partial result."""
        return term if term.type == self.type else ops.emit(arith.ExtFOp, self.type, term)

    def element_of(self, ops: KernelOps, partial: SSAValue) -> SSAValue:
        """Return a partial result as an element."""
        same = partial.type == self.element
        return partial if same else ops.emit(arith.TruncFOp, self.element, partial)

    def from_lane(self, ops: KernelOps, value: SSAValue, offset: int) -> SSAValue:
        """Append an exchange of partial results with the lane whose number differs in a bit."""
        lane = ops.constant(offset)
        bits = width(self.type)
        if bits is None or bits >= 32:
            return ops.append(simt.ShuffleOp("xor", value, lane))[0]
        wide = ops.emit(arith.ExtUIOp, i32, value)
        other = ops.append(simt.ShuffleOp("xor", wide, lane))[0]
        return ops.emit(arith.TruncIOp, self.type, other)


def combiners_of(nest: Nest) -> list[Combiner] | None:
    """Return how each output is reduced, or None if the rounds have to be taken in order."""
    last = nest.op.body.block.last_op
    assert isinstance(last, YieldOp), "the verifier holds that the body ends so"
    found = [
        _combiner(nest, position, value)
        for position, value in zip(nest.outputs, last.operands, strict=True)
    ]
    known = [combiner for combiner in found if combiner is not None]
    return known if known and len(known) == len(found) else None


def _combiner(nest: Nest, position: int, value: SSAValue) -> Combiner | None:
    op = value.owner
    if not isinstance(op, Operation) or not nest.is_reduced(position):
        return None
    if type(op) not in neutral.FLOAT and type(op) not in neutral.INTEGER:
        return None
    total = nest.op.body.block.args[position]
    if not total.has_one_use() or not value.has_one_use() or total not in op.operands:
        return None
    lhs, rhs = op.operands
    return Combiner(position, op, rhs if lhs is total else lhs, value.type)


def two_sum(
    ops: KernelOps, total: SSAValue, error: SSAValue, more: SSAValue
) -> tuple[SSAValue, SSAValue]:
    """Append a sum that keeps what its rounding loses; return total and error.

    Source: Ogita, Rump and Oishi, Accurate sum and dot product, algorithm 4.4.
    """
    type = total.type
    new = ops.emit(arith.AddfOp, type, total, more)
    added = ops.emit(arith.SubfOp, type, new, total)
    kept = ops.emit(arith.SubfOp, type, new, added)
    lost = ops.emit(arith.SubfOp, type, total, kept)
    missed = ops.emit(arith.SubfOp, type, more, added)
    both = ops.emit(arith.AddfOp, type, lost, missed)
    return new, ops.emit(arith.AddfOp, type, error, both)


def with_error(ops: KernelOps, total: SSAValue, error: SSAValue) -> SSAValue:
    """Append the total with its error; the error of an infinite total is nan and means nothing."""
    sum = ops.emit(arith.AddfOp, total.type, total, error)
    compare = arith.CmpfOp.create(
        operands=(error, error),
        result_types=(i1,),
        properties={
            **defaults(arith.CmpfOp),
            "predicate": integer(COMPARE_FLOATS.index("uno")),
        },
    )
    return ops.select(ops.append(compare)[0], total, sum)


def tree(ops: KernelOps, combiner: Combiner, values: Sequence[SSAValue]) -> SSAValue:
    """Append the combination of values, pair by pair."""
    values = list(values)
    while len(values) > 1:
        pairs = zip(values[::2], values[1::2], strict=False)
        combined = [combiner.combine(ops, lhs, rhs) for lhs, rhs in pairs]
        values = [*combined, *values[2 * len(combined) :]]
    return values[0]
