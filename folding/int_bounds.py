"""Between which numbers an int of the graph lies: what a range counts, and what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.ir import SSAValue

from ..dialects import graph

if TYPE_CHECKING:
    from .session import Folding

_DEEPEST = 6
"""Ops that are looked at, one behind the other: each may have two operands."""
_TOO_LONG = 1 << 63


def bounds_of(folding: Folding, value: SSAValue, depth: int = 0) -> tuple[int, int] | None:
    """Return the least and the greatest number that a 0-d int64 can be; None if unknown."""
    items = folding.bounds.get(value)
    if items:
        return min(items[0], items[-1]), max(items[0], items[-1])
    owner = value.owner
    if isinstance(owner, graph.ConstantOp):
        number = owner.value.get_values()[0]
        return (number, number) if isinstance(number, int) else None
    if isinstance(owner, graph.NegOp) and depth < _DEEPEST:
        turned = bounds_of(folding, owner.operands[0], depth + 1)
        # The least int64 is its own negative.
        return (-turned[1], -turned[0]) if turned is not None and turned[0] > -_TOO_LONG else None
    if depth == _DEEPEST or not isinstance(owner, graph.AddOp | graph.SubOp | graph.MulOp):
        return None
    both = [bounds_of(folding, operand, depth + 1) for operand in owner.operands]
    if both[0] is None or both[1] is None:
        return None
    found = [_combined(owner, a, b) for a in both[0] for b in both[1]]
    least, greatest = min(found), max(found)
    return (least, greatest) if -_TOO_LONG <= least and greatest < _TOO_LONG else None


def _combined(op: graph.AddOp | graph.SubOp | graph.MulOp, a: int, b: int) -> int:
    match op:
        case graph.AddOp():
            return a + b
        case graph.SubOp():
            return a - b
        case _:
            return a * b
