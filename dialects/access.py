"""Which element of its memory each round of a loop nest touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from xdsl.dialects import memref
from xdsl.dialects.builtin import MemRefType, StridedLayoutAttr
from xdsl.ir import Attribute, SSAValue
from xdsl.ir.affine import (
    AffineBinaryOpExpr,
    AffineBinaryOpKind,
    AffineConstantExpr,
    AffineDimExpr,
    AffineExpr,
    AffineMap,
)


@dataclass(frozen=True)
class Access:
    """The element `first + Σ step·index`, counted from the start of the memory."""

    first: int
    steps: tuple[int, ...]
    """One for each loop, in elements."""


def storage_of(value: SSAValue) -> SSAValue:
    """Return the memory that a buffer is a view of, or is."""
    while isinstance(value.owner, memref.SubviewOp | memref.ReinterpretCastOp):
        value = value.owner.source
    return value


def buffer_access(value: SSAValue, map: AffineMap) -> Access | None:
    """Return the access of a map to a buffer; None too if its place isn't a constant."""
    type = cast("MemRefType[Attribute]", value.type)
    strides, layout = type.get_strides(), type.layout
    offset = layout.get_offset() if isinstance(layout, StridedLayoutAttr) else 0
    if strides is None or offset is None:
        return None
    known = tuple(stride for stride in strides if stride is not None)
    return linear_access(map, known, offset) if len(known) == len(strides) else None


def linear_access(map: AffineMap, strides: Sequence[int], offset: int) -> Access | None:
    """Return the access of an indexing map to a memref; None if the map isn't linear."""
    first, steps = offset, [0] * map.num_dims
    for stride, expression in zip(strides, map.results, strict=True):
        if isinstance(expression, AffineDimExpr):
            steps[expression.position] += stride
            continue
        linear = _linear(expression, map.num_dims)
        if linear is None:
            return None
        constant, factors = linear
        first += stride * constant
        steps = [step + stride * factor for step, factor in zip(steps, factors, strict=True)]
    return Access(first, tuple(steps))


def _linear(expression: AffineExpr, loops: int) -> tuple[int, Sequence[int]] | None:
    """Return the constant and the factor of each dimension."""
    if isinstance(expression, AffineConstantExpr):
        return expression.value, [0] * loops
    if isinstance(expression, AffineDimExpr):
        return 0, [int(n == expression.position) for n in range(loops)]
    if not isinstance(expression, AffineBinaryOpExpr):
        return None
    left, right = _linear(expression.lhs, loops), _linear(expression.rhs, loops)
    if left is None or right is None:
        return None
    (constant, factors), (other, others) = left, right
    if expression.kind is AffineBinaryOpKind.Add:
        return constant + other, [a + b for a, b in zip(factors, others, strict=True)]
    if expression.kind is AffineBinaryOpKind.Mul and not (any(factors) and any(others)):
        products = zip(factors, others, strict=True)
        return constant * other, [constant * b + a * other for a, b in products]
    return None
