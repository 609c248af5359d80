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
)
from xdsl.ir import Attribute, SSAValue

from ..dialects import neutral
from ..dialects.append import defaults
from .scalar_ops import COMPARE_FLOATS, integer, scalar_attribute, width
from .simt_nests import Nest
from .simt_product_ops import KernelOps, Values


@dataclass(frozen=True)
class Combiner(neutral.Combination):
    """How one output is reduced."""

    position: int
    """Of the output among the operands."""
    element: Attribute

    @property
    def type(self) -> Attribute:
        """The type of partial results; 16-bit floats are not rounded on the way."""
        return f32 if isinstance(self.element, Float16Type | BFloat16Type) else self.element

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


def combiners_of(nest: Nest) -> list[Combiner] | None:
    """Return how each output is reduced, or None if the rounds have to be taken in order."""
    found = neutral.combinations_of(nest.op, lambda output: nest.is_reduced(nest.inputs + output))
    if not found:
        return None
    return [
        Combiner(c.output, c.op, c.term, nest.inputs + c.output, c.op.results[0].type)
        for c in found
    ]


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


def combined(
    ops: KernelOps, combiners: Sequence[Combiner], state: Values, other: Values
) -> list[SSAValue]:
    """Append the combination of two states, of a partial result for each output."""
    return [
        combiner.combine(ops, mine, theirs)
        for combiner, mine, theirs in zip(combiners, state, other, strict=True)
    ]
