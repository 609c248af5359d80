"""Gradients of the elementwise ops. `g` is the gradient of the op's result."""

from __future__ import annotations

import math

from xdsl.ir import Operation, SSAValue

from ..dialects import graph
from ..dialects.dtypes import spec_of
from .adjoints import AdjointBuilder, Gradients, Rule, no_gradient


def _neg(b: AdjointBuilder, op: graph.NegOp, g: SSAValue) -> Gradients:
    return [b.unary("neg", g)]


def _abs(b: AdjointBuilder, op: graph.AbsOp, g: SSAValue) -> Gradients:
    return [b.mul(g, b.unary("sign", op.input))]


def _exp(b: AdjointBuilder, op: graph.ExpOp, g: SSAValue) -> Gradients:
    # Where nothing depends on the result, an infinite one must not make the gradient nan:
    # 1 / (1 + exp(-x)) is 0 with slope 0 far below 0.
    return [b.select(b.compare("eq", g, 0.0), g, b.mul(g, op.result))]


def _log(b: AdjointBuilder, op: graph.LogOp, g: SSAValue) -> Gradients:
    return [b.div(g, op.input)]


def _sqrt(b: AdjointBuilder, op: graph.SqrtOp, g: SSAValue) -> Gradients:
    return [b.div(b.mul(g, 0.5), op.result)]


def _rsqrt(b: AdjointBuilder, op: graph.RsqrtOp, g: SSAValue) -> Gradients:
    return [b.mul(b.mul(g, -0.5), b.div(op.result, op.input))]


def _tanh(b: AdjointBuilder, op: graph.TanhOp, g: SSAValue) -> Gradients:
    return [b.mul(g, b.sub(1.0, b.mul(op.result, op.result)))]


def _erf(b: AdjointBuilder, op: graph.ErfOp, g: SSAValue) -> Gradients:
    bell = b.unary("exp", b.unary("neg", b.mul(op.input, op.input)))
    return [b.mul(g, b.mul(bell, 2 / math.sqrt(math.pi)))]


def _sin(b: AdjointBuilder, op: graph.SinOp, g: SSAValue) -> Gradients:
    return [b.mul(g, b.unary("cos", op.input))]


def _cos(b: AdjointBuilder, op: graph.CosOp, g: SSAValue) -> Gradients:
    return [b.unary("neg", b.mul(g, b.unary("sin", op.input)))]


def _add(b: AdjointBuilder, op: graph.AddOp, g: SSAValue) -> Gradients:
    return [g, g]


def _sub(b: AdjointBuilder, op: graph.SubOp, g: SSAValue) -> Gradients:
    return [g, b.unary("neg", g) if b.wants(op.rhs) else None]


def _mul(b: AdjointBuilder, op: graph.MulOp, g: SSAValue) -> Gradients:
    lhs = b.mul(g, op.rhs) if b.wants(op.lhs) else None
    return [lhs, b.mul(g, op.lhs) if b.wants(op.rhs) else None]


def _div(b: AdjointBuilder, op: graph.DivOp, g: SSAValue) -> Gradients:
    lhs = b.div(g, op.rhs)
    return [lhs, b.unary("neg", b.mul(lhs, op.result)) if b.wants(op.rhs) else None]


def _mod(b: AdjointBuilder, op: graph.ModOp, g: SSAValue) -> Gradients:
    if not b.wants(op.rhs):
        return [g, None]
    quotient = b.binary("floordiv", op.lhs, op.rhs)
    return [g, b.unary("neg", b.mul(g, quotient))]


def _pow(b: AdjointBuilder, op: graph.PowOp, g: SSAValue) -> Gradients:
    x, y = op.lhs, op.rhs
    lhs = rhs = None
    if b.wants(x):
        # x ** 0 is 1 everywhere, also at 0, where 0 * 0 ** -1 would be nan.
        slope = b.mul(y, b.binary("pow", x, b.sub(y, 1)))
        flat = b.compare("eq", y, 0)
        lhs = b.mul(g, b.select(flat, b.zeros(x.type), slope))
    if b.wants(y):
        # 0 ** y is 0 for all y near a positive one, though the logarithm of 0 is infinite.
        slope = b.mul(op.result, b.unary("log", x))
        flat = b.binary("and", b.compare("eq", x, 0), b.compare("gt", y, 0))
        rhs = b.mul(g, b.select(flat, b.zeros(y.type), slope))
    return [lhs, rhs]


def _extreme(predicate: str) -> Rule:
    """Return the rule of maximum or minimum; of two equal elements it is the second that counts.

    So the slope of maximum(x, 0), which is relu, is 0 at 0.
    """

    def rule(b: AdjointBuilder, op: graph.BinaryOp, g: SSAValue) -> Gradients:
        first, zero = b.compare(predicate, op.lhs, op.rhs), b.zeros(g.type)
        return [b.select(first, g, zero), b.select(first, zero, g)]

    return rule


def _select(b: AdjointBuilder, op: graph.SelectOp, g: SSAValue) -> Gradients:
    zero = b.zeros(g.type)
    lhs = b.select(op.condition, g, zero) if b.wants(op.lhs) else None
    return [None, lhs, b.select(op.condition, zero, g) if b.wants(op.rhs) else None]


def _convert(b: AdjointBuilder, op: graph.ConvertOp, g: SSAValue) -> Gradients:
    source, target = spec_of(op.input.type).dtype, spec_of(op.result.type).dtype
    if source.is_floating and not target.is_floating:
        return [None]
    return [b.convert(g, source)]


ELEMENTWISE: dict[type[Operation], Rule] = {
    graph.NegOp: _neg,
    graph.AbsOp: _abs,
    graph.SignOp: no_gradient,
    graph.ExpOp: _exp,
    graph.LogOp: _log,
    graph.SqrtOp: _sqrt,
    graph.RsqrtOp: _rsqrt,
    graph.TanhOp: _tanh,
    graph.ErfOp: _erf,
    graph.SinOp: _sin,
    graph.CosOp: _cos,
    graph.FloorOp: no_gradient,
    graph.CeilOp: no_gradient,
    graph.TruncOp: no_gradient,
    graph.RoundOp: no_gradient,
    graph.NotOp: no_gradient,
    graph.AddOp: _add,
    graph.SubOp: _sub,
    graph.MulOp: _mul,
    graph.DivOp: _div,
    graph.FloorDivOp: no_gradient,
    graph.ModOp: _mod,
    graph.PowOp: _pow,
    graph.MaximumOp: _extreme("gt"),
    graph.MinimumOp: _extreme("lt"),
    graph.AndOp: no_gradient,
    graph.OrOp: no_gradient,
    graph.XorOp: no_gradient,
    graph.CompareOp: no_gradient,
    graph.SelectOp: _select,
    graph.ConvertOp: _convert,
}
"""Each elementwise op and its rule."""
