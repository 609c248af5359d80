"""Gradients of reductions and of products of matrices. `g` is the gradient of the op's result."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xdsl.ir import Operation, SSAValue

from ..dialects import graph
from .adjoints import AdjointBuilder, Gradients, Rule, no_gradient


def _reduce(b: AdjointBuilder, op: graph.ReduceOp, g: SSAValue) -> Gradients:
    axes = op.axes.get_values()
    match op.kind.data:
        case "sum":
            return [b.spread(g, op.input, axes)]
        case "max" | "min":
            return [_extreme(b, op, g, axes)]
        case "prod":
            return [_product(b, op, g, axes)]
        case _:
            return [None]


def _extreme(
    b: AdjointBuilder, op: graph.ReduceOp, g: SSAValue, axes: Sequence[int]
) -> SSAValue | None:
    """Share the gradient among the elements that are the extreme one, as MindSpore does."""
    spec = b.spec(op.input)
    if not spec.dtype.is_floating:
        return None
    hits = b.convert(b.compare("eq", op.input, b.spread(op.result, op.input, axes)), spec.dtype)
    share = b.div(g, b.total(hits, axes))
    return b.mul(hits, b.spread(share, op.input, axes))


def _product(b: AdjointBuilder, op: graph.ReduceOp, g: SSAValue, axes: Sequence[int]) -> SSAValue:
    """Return g times the product of all other elements: a tree of products, walked back.

    The quotient of the product by the element would be nan at 0.
    """
    shape = b.spec(op.input).shape
    kept = tuple(axis for axis in range(len(shape)) if axis not in axes)
    order = (*kept, *axes)
    rows, count = math.prod(shape[i] for i in kept), math.prod(shape[i] for i in axes)
    factors = b.reshape(b.transpose(op.input, order), (rows, count))
    found = _factors(b, factors, b.reshape(g, (rows, 1)))
    return b.transposed_back(b.reshape(found, tuple(shape[i] for i in order)), order)


def _factors(b: AdjointBuilder, x: SSAValue, g: SSAValue) -> SSAValue:
    """Return the gradient of each row's product, given `g` for each row, by halving the rows."""
    rows, count = b.spec(x).shape
    if count <= 1:
        return g if count else x
    half = count // 2

    def columns(start: int, limit: int) -> SSAValue:
        return b.slice(x, (0, start), (rows, limit), (1, 1))

    left, right = columns(0, half), columns(half, 2 * half)
    products = b.mul(left, right)
    if count % 2:
        products = b.concat([products, columns(count - 1, count)], 1)
    above = _factors(b, products, g)
    paired = b.slice(above, (0, 0), (rows, half), (1, 1))
    parts = [b.mul(paired, right), b.mul(paired, left)]
    if count % 2:
        parts.append(b.slice(above, (0, half), (rows, half + 1), (1, 1)))
    return b.concat(parts, 1)


def _dot_general(b: AdjointBuilder, op: graph.DotGeneralOp, g: SSAValue) -> Gradients:
    x, y = op.lhs, op.rhs
    batch = (op.lhs_batch.get_values(), op.rhs_batch.get_values())
    contract = (op.lhs_contract.get_values(), op.rhs_contract.get_values())
    free = (_free(b, x, batch[0], contract[0]), _free(b, y, batch[1], contract[1]))
    first = tuple(range(len(batch[0])))
    left = tuple(range(len(first), len(first) + len(free[0])))
    right = tuple(range(len(first) + len(free[0]), len(b.spec(g).shape)))
    gradients: list[SSAValue | None] = [None, None]
    if b.wants(x):
        # Axes: batch, x's free ones, and y's contracted ones in the order that y has them.
        raw = b.dot_general(g, y, (first, batch[1]), (right, free[1]))
        pairs = sorted(zip(contract[1], contract[0], strict=True))
        gradients[0] = b.transposed_back(raw, (*batch[0], *free[0], *(i for _, i in pairs)))
    if b.wants(y):
        raw = b.dot_general(g, x, (first, batch[0]), (left, free[0]))
        pairs = sorted(zip(contract[0], contract[1], strict=True))
        gradients[1] = b.transposed_back(raw, (*batch[1], *free[1], *(i for _, i in pairs)))
    return gradients


def _free(
    b: AdjointBuilder, x: SSAValue, batch: Sequence[int], contract: Sequence[int]
) -> tuple[int, ...]:
    """Return the axes that are neither batch axes nor contracted."""
    return tuple(i for i in range(len(b.spec(x).shape)) if i not in (*batch, *contract))


REDUCTIONS: dict[type[Operation], Rule] = {
    graph.ReduceOp: _reduce,
    graph.ArgReduceOp: no_gradient,
    graph.DotGeneralOp: _dot_general,
}
"""Each reduction or product and its rule."""
