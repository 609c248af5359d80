"""SSA dominance: a value is used only where its definition has already run.

xDSL's own verifier does not look at this.
"""

from __future__ import annotations

from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.irdl.dominance import DominanceInfo
from xdsl.traits import IsolatedFromAbove
from xdsl.utils.exceptions import VerifyException

from .source import describe


def verify_dominance(root: Operation) -> None:
    """Raise VerifyException at the first operand in `root` that its definition does not dominate.

    One walk; a nested region sees what stands before it, unless its op is isolated from above.
    """
    for region in root.regions:
        _verify_region(region, set())


def _verify_region(region: Region, scope: set[SSAValue]) -> None:
    blocks = list(region.blocks)
    if len(blocks) == 1:
        _verify_block(blocks[0], scope)
        return
    dominance = DominanceInfo(region)
    defined = {
        block: {*block.args, *(r for op in block.ops for r in op.results)} for block in blocks
    }
    for block in blocks:
        above = (defined[b] for b in blocks if dominance.strictly_dominates(b, block))
        _verify_block(block, scope.union(*above))


def _verify_block(block: Block, scope: set[SSAValue]) -> None:
    """Check `block`, and leave `scope` as it was."""
    added: list[SSAValue] = list(block.args)
    scope.update(added)
    for op in block.ops:
        for value in op.operands:
            if value not in scope:
                _complain(op, value)
        for region in op.regions:
            isolated = op.get_trait(IsolatedFromAbove) is not None
            _verify_region(region, set() if isolated else scope)
        scope.update(op.results)
        added.extend(op.results)
    scope.difference_update(added)


def _complain(op: Operation, value: SSAValue) -> None:
    index = op.operands.index(value)
    name = f" (%{value.name_hint})" if value.name_hint else ""
    problem = f"operand {index}{name} of '{op.name}' is used where it is not defined"
    raise VerifyException(f"{describe(op.location)}error: {problem}")
