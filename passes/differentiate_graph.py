"""differentiate-graph: gradients become graph ops, by reverse mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass
from xdsl.traits import IsTerminator

from ..dialects import graph
from ..dialects.dtypes import spec_of
from ..dialects.nested_ops import nested_ops
from ..dialects.source import reject
from .adjoints import AdjointBuilder, Gradients, Rule, no_gradient
from .adjoints_convolution import CONVOLUTIONS
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
    **CONVOLUTIONS,
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
    found = [op for op in nested_ops(func) if type(op) in graph.GRADIENT]
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
    variables = set(op.variables)
    _walk_back(b, [current for current in order if variables.isdisjoint(current.results)], found)
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


def _walk_back(
    b: AdjointBuilder, order: Sequence[Operation], found: dict[SSAValue, SSAValue]
) -> None:
    """Hand the gradients of the results of some ops on to their operands, the last op first."""
    for current in reversed(order):
        b.emitter.location = current.location
        if isinstance(current, graph.IfOp):
            _branch_back(b, current, found)
            continue
        gradient = found.get(current.results[0])
        if gradient is not None:
            parts = RULES[type(current)](b, current, gradient)
            for operand, part in zip(current.operands, parts, strict=True):
                _accumulate(b, found, operand, part)


def _branch_back(b: AdjointBuilder, op: graph.IfOp, found: dict[SSAValue, SSAValue]) -> None:
    """Branch again, on the same condition: each side hands its gradients on.

    It computes its values once more, since those of a side are not seen outside of it.
    """
    gradients = [found.get(result) for result in op.results]
    used = dict.fromkeys(value for inner in op.walk() for value in inner.operands)
    captured = [v for v in used if b.wants(v) and not _is_inside(v, op)]
    if not captured or all(gradient is None for gradient in gradients):
        return
    for inner in op.walk():
        if inner.dialect_name() != "graph":
            _reject(inner)
    sides = [_side_back(b, side.block, gradients, captured) for side in (op.body, op.orelse)]
    branch = graph.IfOp.create(
        operands=[op.condition],
        result_types=[value.type for value in captured],
        regions=[Region(side) for side in sides],
        location=op.location,
    )
    b.emitter.block.add_op(branch)
    for value, result in zip(captured, branch.results, strict=True):
        _accumulate(b, found, value, result)


def _side_back(
    b: AdjointBuilder,
    side: Block,
    gradients: Sequence[SSAValue | None],
    captured: Sequence[SSAValue],
) -> Block:
    """Return a block that gives the gradients of what a side of a branch captures."""
    made = Block()
    copies: dict[SSAValue, SSAValue] = {}
    active = set[SSAValue](value for value in captured)
    order: list[Operation] = []
    last = side.last_op
    for op in side.ops:
        if op is last or isinstance(op, graph.EFFECTS):
            continue
        copy = op.clone(copies)
        _drop_effects(copy)
        made.add_op(copy)
        if _note_active(copy, active):
            order.append(copy)
    inner = AdjointBuilder(made, b.emitter.location, active)
    found: dict[SSAValue, SSAValue] = {}
    if isinstance(last, graph.GiveOp):
        for value, gradient in zip(last.values, gradients, strict=True):
            _accumulate(inner, found, copies.get(value, value), gradient)
        _walk_back(inner, order, found)
    given = [found[v] if v in found else inner.zeros(v.type) for v in captured]
    made.add_op(graph.GiveOp.create(operands=given, location=b.emitter.location))
    _drop_unused(made)
    return made


def _drop_effects(op: Operation) -> None:
    """Erase what prints or asserts in the regions of an op: it has done so already."""
    for inner in list(op.walk()):
        if isinstance(inner, graph.EFFECTS) and not inner.has_trait(IsTerminator):
            inner.detach()
            inner.erase()


def _drop_unused(block: Block) -> None:
    """Erase the ops that nothing uses."""
    for op in reversed(list(block.ops)):
        if op is not block.last_op and not any(result.first_use for result in op.results):
            op.detach()
            op.erase()


def _is_inside(value: SSAValue, op: Operation) -> bool:
    owner = value.owner
    return op.is_ancestor(owner)


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
        if _note_active(current, active):
            order.append(current)
    return active, order


def _note_active(op: Operation, active: set[SSAValue]) -> bool:
    """Return whether an op uses what depends on a variable; then its results may, too.

    Raises CompileError where it has no derivative.
    """
    if active.isdisjoint(value for inner in op.walk() for value in inner.operands):
        return False
    if isinstance(op, graph.IfOp):
        active.update(v for v in op.results if spec_of(v.type).dtype.kind in "if")
        return True
    if type(op) not in RULES:
        _reject(op)
    if is_differentiable(op):
        active.add(op.results[0])
    return True


def _reject(op: Operation) -> NoReturn:
    reject(
        op,
        f"there is no gradient of '{op.name}'",
        "differentiate a function of tensor operations without run-time loops",
    )


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
            used = (value for inner in current.walk() for value in inner.operands)
            # What stands in the regions of an op belongs to it.
            work.extend((v.owner, False) for v in used if not _is_inside(v, current))
    return order
