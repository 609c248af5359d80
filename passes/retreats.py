"""Retreats: whether a call that meets a number beyond the graph can start again in Python."""

from __future__ import annotations

from collections.abc import Mapping

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation

from ..dialects import graph, pyobj
from ..dialects.nested_ops import nested_ops
from .segment_kinds import Kinds

_LOOPS = (pyobj.WhileOp, pyobj.ForOp)
_CHANGING = (pyobj.SetAttrOp, pyobj.DelAttrOp, pyobj.SetItemOp, pyobj.DelItemOp)


def has_retreat(op: Operation) -> bool:
    """Return whether compiled code may send its call to Python."""
    return any(
        isinstance(one, graph.AssertOp | graph.RaiseOp) and one.exception.data == "Retreat"
        for one in nested_ops(op)
    )


def may_start_again(host: FuncOp, segments: Mapping[str, ModuleOp]) -> bool:
    """Return whether nothing has happened yet wherever a segment of a host program retreats."""
    retreating = {name for name, module in segments.items() if has_retreat(module)}
    if not retreating:
        return True
    walk = _Walk(retreating, Kinds(host))
    walk.block(host.body.block)
    return walk.is_safe


class _Walk:
    """The walk through a host program in the order in which it runs."""

    def __init__(self, retreating: set[str], kinds: Kinds):
        self.is_safe = True
        self._retreating = retreating
        self._kinds = kinds
        self._has_effects = False

    def block(self, block: Block) -> None:
        """Walk through the ops of a block."""
        for op in block.ops:
            self._op(op)

    def _op(self, op: Operation) -> None:
        if isinstance(op, pyobj.SegmentOp):
            if self._has_effects and op.callee.root_reference.data in self._retreating:
                self.is_safe = False
        elif op.regions:
            # What a round has done is done when the next one begins.
            for _ in range(2 if isinstance(op, _LOOPS) else 1):
                for region in op.regions:
                    for block in region.blocks:
                        self._inner(block)
        elif self._is_effect(op):
            self._has_effects = True

    def _inner(self, block: Block) -> None:
        before = self._has_effects
        self.block(block)
        if isinstance(block.last_op, pyobj.ReturnOp | pyobj.RaiseOp):
            # What it has done is of no matter to the others: they don't come after it.
            self._has_effects = before

    def _is_effect(self, op: Operation) -> bool:
        if not isinstance(op, pyobj.CallOp):
            return isinstance(op, _CHANGING)
        return not isinstance(op.callee.owner, pyobj.SegmentOp) and self._kinds.is_effect(op)
