"""Values that branches and loops give and nobody uses: the fold gives more than it may need.

When a side of a branch is the only one that goes on, all that was computed in it comes out of it,
and a loop carries for each name whether it is still the object that it was. One walk from the end
drops what is not used, and the pure ops that were for it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xdsl.ir import Block, BlockArgument, Operation, Region, SSAValue
from xdsl.traits import is_side_effect_free

from ..dialects import graph


def drop_unused(block: Block) -> None:
    """Erase pure graph ops without uses, and unused results of branches and loops, everywhere."""
    for op in reversed(list(block.ops)):
        match op:
            case graph.IfOp():
                _drop_of_branch(op)
            case graph.WhileOp() | graph.ForOp():
                _drop_of_loop(op)
            case _ if _is_idle(op):
                op.detach()
                op.erase()
            case _:
                pass


def _is_idle(op: Operation) -> bool:
    """Return whether an op does nothing but give values, and nobody uses them."""
    pure = op.name.startswith("graph.") and bool(op.results) and is_side_effect_free(op)
    return pure and not any(result.first_use for result in op.results)


def _drop_of_branch(op: graph.IfOp) -> None:
    kept = [index for index, result in enumerate(op.results) if result.first_use]
    for region in op.regions:
        _keep_given(region, kept)
        drop_unused(region.block)
    if not kept and all(isinstance(r.block.first_op, graph.GiveOp) for r in op.regions):
        op.detach()
        op.erase()
    elif len(kept) < len(op.results):
        _rebuild(op, op.operands, kept)


def _drop_of_loop(op: graph.WhileOp | graph.ForOp) -> None:
    """Drop the carried values that neither the results nor what the body does depend on."""
    first = 1 if isinstance(op, graph.ForOp) else 0
    kept = sorted(_needed(op, first))
    if len(kept) < len(op.results):
        _keep_given(op.body, kept)
    drop_unused(op.body.block)
    if len(kept) == len(op.results):
        return
    blocks = [region.block for region in op.regions]
    for block in blocks:
        for index in reversed(range(len(op.results))):
            if index not in kept:
                block.erase_arg(block.args[first + index])
    _rebuild(op, [op.operands[index] for index in kept], kept)


def _needed(op: graph.WhileOp | graph.ForOp, first: int) -> set[int]:
    """Return which carried values a result, the condition or the body's effects depend on."""
    body = op.body.block
    last = body.last_op
    if not isinstance(last, graph.GiveOp):
        return set(range(len(op.results)))
    needed = {index for index, result in enumerate(op.results) if result.first_use}
    if isinstance(op, graph.WhileOp):
        needed |= {arg.index for arg in op.condition.block.args if arg.first_use}
    waiting = [last.values[index] for index in needed]
    for inner in body.ops:
        if inner is not last and not is_side_effect_free(inner):
            waiting += used_by(inner)
    seen: set[SSAValue] = set()
    while waiting:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value, BlockArgument):
            index = value.index - first
            if value.block is body and index >= 0 and index not in needed:
                needed.add(index)
                waiting.append(last.values[index])
        elif isinstance(value.owner, Operation):
            waiting += used_by(value.owner)
    return needed


def used_by(op: Operation) -> Iterable[SSAValue]:
    """Yield the values that an op uses, in its regions, too."""
    for inner in op.walk():
        yield from inner.operands


def _keep_given(region: Region, kept: Sequence[int]) -> None:
    """Let a region give some of its values only."""
    last = region.block.last_op
    if isinstance(last, graph.GiveOp):
        last.operands = [last.values[index] for index in kept]


def _rebuild(op: Operation, operands: Sequence[SSAValue], kept: Sequence[int]) -> None:
    """Put an op with some of the results in the place of one."""
    made = type(op).create(
        operands=list(operands),
        result_types=[op.results[index].type for index in kept],
        properties=op.properties,
        regions=[op.detach_region(region) for region in list(op.regions)],
        location=op.location,
    )
    block = op.parent
    assert block is not None
    block.insert_op_before(made, op)
    for index, new in zip(kept, made.results, strict=True):
        new.name_hint = op.results[index].name_hint
        op.results[index].replace_all_uses_with(new)
    op.detach()
    op.erase()
