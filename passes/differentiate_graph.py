"""differentiate-graph: gradients become graph ops, by reverse mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, SSAValue
from xdsl.passes import ModulePass

from ..dialects import graph
from ..dialects.dtypes import spec_of
from ..dialects.source import reject
from .adjoints import AdjointBuilder, Gradients, Rule, no_gradient
from .adjoints_elementwise import ELEMENTWISE
from .adjoints_reduction import REDUCTIONS
from .adjoints_shape import SHAPE


def _through(b: AdjointBuilder, op: Operation, g: SSAValue) -> Gradients:
    return [g]


def _custom(b: AdjointBuilder, op: graph.CustomGradientOp, g: SSAValue) -> Gradients:
    """Copy the ops that the given gradients are made of, with `g` in the place of the seed."""
    copies: dict[SSAValue, SSAValue] = {op.seed: g}
    for current in _operations_behind(op.gradients):
        if any(value in copies for inner in current.walk() for value in inner.operands):
            b.emitter.block.add_op(current.clone(copies))
    given = [copies.get(value, value) for value in op.gradients]
    return [None, None, *given, *([None] * len(given))]


RULES: dict[type[Operation], Rule] = {
    **ELEMENTWISE,
    **SHAPE,
    **REDUCTIONS,
    graph.ConstantOp: no_gradient,
    graph.IotaOp: no_gradient,
    graph.VariableOp: _through,
    graph.StopGradientOp: no_gradient,
    graph.CustomGradientOp: _custom,
}
"""Each op that a gradient may go through and its rule."""


@dataclass(frozen=True)
class DifferentiateGraphPass(ModulePass):
    """Replace each `graph.gradient` by the ops that compute it, the first one first.

    So a gradient of a gradient meets ordinary ops. `graph.variable`, `graph.stop_gradient` and
    `graph.custom_gradient` have done their work then; their first operands take their places.
    """

    name = "differentiate-graph"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the module; raise CompileError for an op that has no derivative."""
        for func in op.ops:
            if isinstance(func, FuncOp):
                differentiate(func)


def differentiate(func: FuncOp) -> None:
    """Rewrite one function in place; see the pass."""
    found = [op for op in func.walk() if isinstance(op, graph.GRADIENT)]
    for op in found:
        if isinstance(op, graph.GradientOp):
            replace_gradient(op)
    for op in found:
        if isinstance(op, graph.VariableOp | graph.StopGradientOp):
            op.result.replace_all_uses_with(op.input)
        elif isinstance(op, graph.CustomGradientOp):
            op.result.replace_all_uses_with(op.output)
        if not isinstance(op, graph.GradientOp):
            op.detach()
            op.erase()


def is_differentiable(op: Operation) -> bool:
    """Return whether a result of an op may depend smoothly on its operands."""
    rule = RULES.get(type(op), no_gradient)
    return rule is not no_gradient and spec_of(op.results[0].type).dtype.kind in "if"


def replace_gradient(op: graph.GradientOp) -> tuple[Sequence[SSAValue], Sequence[Operation]]:
    """Put the ops that compute a gradient in its place; return the gradients and the ops."""
    block = op.parent
    assert block is not None
    made = Block()
    active, order = _active_ops(op)
    b = AdjointBuilder(made, op.location, active)
    found: dict[SSAValue, SSAValue] = {}
    for output, seed in zip(op.outputs, op.seeds, strict=True):
        _accumulate(b, found, output, seed)
    for current in reversed(order):
        gradient = found.get(current.results[0])
        if gradient is not None and current.results[0] not in op.variables:
            b.emitter.location = current.location
            parts = RULES[type(current)](b, current, gradient)
            for operand, part in zip(current.operands, parts, strict=True):
                _accumulate(b, found, operand, part)
    b.emitter.location = op.location
    gradients = [found[v] if v in found else b.zeros(v.type) for v in op.variables]
    ops = list(made.ops)
    for new in ops:
        new.detach()
    block.insert_ops_before(ops, op)
    for result, gradient in zip(op.gradients, gradients, strict=True):
        result.replace_all_uses_with(gradient)
    op.detach()
    op.erase()
    return gradients, ops


def _accumulate(
    b: AdjointBuilder,
    found: dict[SSAValue, SSAValue],
    value: SSAValue,
    gradient: SSAValue | None,
) -> None:
    """Add to the gradient of a value, if it depends on a variable."""
    if gradient is None or not b.wants(value):
        return
    gradient = b.convert(gradient, b.spec(value).dtype)
    known = found.get(value)
    found[value] = gradient if known is None else b.add(known, gradient)


def _active_ops(op: graph.GradientOp) -> tuple[set[SSAValue], Sequence[Operation]]:
    """Return the values that depend on a variable, and the ops that compute them, in order.

    Raises CompileError where one of those has no derivative.
    """
    active = set[SSAValue](op.variables)
    order: list[Operation] = []
    for current in _operations_behind(op.outputs):
        used = {value for inner in current.walk() for value in inner.operands}
        if active.isdisjoint(used):
            continue
        if type(current) not in RULES:
            reject(
                current,
                f"there is no gradient of '{current.name}'",
                "differentiate a function of tensor operations without run-time branches",
            )
        order.append(current)
        if is_differentiable(current):
            active.add(current.results[0])
    return active, order


def _operations_behind(values: Sequence[SSAValue]) -> Sequence[Operation]:
    """Return the ops that some values are made of, operands first."""
    order: list[Operation] = []
    seen = set[Operation]()
    work = [(value.owner, False) for value in values]
    while work:
        current, complete = work.pop()
        if not isinstance(current, Operation):
            continue
        if complete:
            order.append(current)
        elif current not in seen:
            seen.add(current)
            work.append((current, True))
            inside = (value for inner in current.walk() for value in inner.operands)
            work.extend((value.owner, False) for value in inside)
    return order
