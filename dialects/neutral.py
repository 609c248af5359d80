"""Reductions in any order: what combines, and what changes nothing, from which they may start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from xdsl.dialects import arith
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Operation, SSAValue

FLOAT: dict[type[Operation], float] = {
    **{arith.AddfOp: -0.0, arith.MulfOp: 1.0},
    **{arith.MaximumfOp: -inf, arith.MinimumfOp: inf},
}
"""By the op that combines two floats."""
INTEGER: dict[type[Operation], Callable[[int], int]] = {
    arith.AddiOp: lambda bits: 0,
    arith.MuliOp: lambda bits: 1,
    arith.AndIOp: lambda bits: -1,
    arith.OrIOp: lambda bits: 0,
    arith.XOrIOp: lambda bits: 0,
    arith.MaxSIOp: lambda bits: -(1 << (bits - 1)),
    arith.MinSIOp: lambda bits: (1 << (bits - 1)) - 1,
    arith.MaxUIOp: lambda bits: 0,
    arith.MinUIOp: lambda bits: -1,
}
"""By the op that combines two integers of so many bits."""


@dataclass(frozen=True)
class Combination:
    """How one output of a `linalg.generic` grows: by an op that combines it with a term."""

    output: int
    """Its number among the outputs."""
    op: Operation
    term: SSAValue
    """What each round brings."""

    @property
    def is_sum(self) -> bool:
        """Whether this adds floats, so that the order matters for the rounding."""
        return isinstance(self.op, arith.AddfOp)


def combinations_of(op: GenericOp, is_reduced: Callable[[int], bool]) -> list[Combination] | None:
    """Return how each output grows, or None if the rounds have to be taken in order.

    `is_reduced` says whether an output, by its number, stays at one element meanwhile.
    """
    last = op.body.block.last_op
    found: list[Combination] = []
    for output, value in enumerate(last.operands if last else ()):
        one = _combination(op, output, value) if is_reduced(output) else None
        if one is None:
            return None
        found.append(one)
    return found


def _combination(op: GenericOp, output: int, value: SSAValue) -> Combination | None:
    combine = value.owner
    if not isinstance(combine, Operation):
        return None
    if type(combine) not in FLOAT and type(combine) not in INTEGER:
        return None
    total = op.body.block.args[len(op.inputs) + output]
    if not total.has_one_use() or not value.has_one_use() or total not in combine.operands:
        return None
    lhs, rhs = combine.operands
    return Combination(output, combine, rhs if lhs is total else lhs)
