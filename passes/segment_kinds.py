"""What each op of a function is to its host program: compiled, run by it, and what that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation, Region, SSAValue

from ..dialects import graph, pyobj
from ..dialects.graph.control import LEAVING, is_left

_GRAPH = frozenset(op.name for op in graph.Graph.operations)
_NEVER_ALONE = frozenset(op.name for op in (graph.PrintOp, graph.GiveOp, graph.RaiseOp))
"""Prints are for the host; what ends a block belongs to the op around it."""
_RAISING = frozenset(op.name for op in (graph.AssertOp, graph.WhileOp))
_KEEPING = (pyobj.DefOp, pyobj.LambdaOp, pyobj.ClassOp)
"""What stands in these doesn't run where they stand."""

_QUIET = (
    *(pyobj.ConstantOp, pyobj.RuntimeOp, pyobj.SegmentOp, pyobj.TupleOp, pyobj.ListOp),
    *(pyobj.SliceOp, pyobj.GiveOp, graph.GiveOp),
)
"""What nobody sees happen: compiled code that may raise can as well run before or after it."""

_QUIET_FUNCTIONS = frozenset(
    (
        *("array", "bool", "choose", "copy", "exception", "float", "int", "method", "new"),
        *("new_exception", "new_tuple", "placed", "raising", "scalar", "table", "truth", "view"),
    )
)
_SHARING_FUNCTIONS = frozenset(("array", "choose", "table", "view"))
"""Functions of the runtime whose results may be in the memory of their arguments."""
_WRITING_FUNCTIONS = frozenset(("assign", "write"))


@dataclass(eq=False, slots=True)
class Compiled:
    """A graph op that goes into a segment as it is."""

    used: Sequence[SSAValue]
    """The values from around that it uses, in its regions, too."""
    raising: Sequence[Operation] = ()
    """The ops in it that may raise, or never end."""
    first: int = 0
    """The first gap in which it can run."""
    due: int | None = None
    """The last gap in which it still raises in time; None if it can't raise."""
    last: int | None = None
    """The last gap in which it can run; None if nothing needs it."""

    @property
    def retreats(self) -> bool:
        """Return whether all that it raises sends the call to Python, which starts again.

        It can do so while there were no effects: such an op runs before them, if it may.
        """
        return bool(self.raising) and all(
            isinstance(one, graph.AssertOp | graph.RaiseOp) and one.exception.data == "Retreat"
            for one in self.raising
        )


class Kinds:
    """The ops of a function, by what they are to its host program.

    A graph op is compiled, with all its regions, unless some op in these is for the host.
    """

    def __init__(self, func: Operation):
        self.compiled: dict[Operation, Compiled] = {}
        """The ops that go into segments, in program order."""
        self.leaving: set[Operation] = set()
        """The ops of the host that may leave the function."""
        self.clean: set[Operation] = set()
        """The branches of the host whose effects are on ways that leave it."""
        self.names: set[str] = set()
        """Names that stand in the program."""
        self._classify(func)

    def _classify(self, op: Operation) -> None:
        inner: list[Operation] = []
        if op.regions:
            inner += [one for region in op.regions for block in region.blocks for one in block.ops]
            for one in inner:
                self._classify(one)
        if op.name not in _GRAPH:
            self.names.update(p.data for p in op.properties.values() if isinstance(p, StringAttr))
        elif op.name not in _NEVER_ALONE and all(self._is_compiled(one) for one in inner):
            self._classify_compiled(op, inner)
            return
        if op.name in LEAVING or not self.leaving.isdisjoint(inner):
            if not isinstance(op, _KEEPING):
                self.leaving.add(op)
        if isinstance(op, graph.IfOp) and all(map(self._is_clean, (op.body, op.orelse))):
            self.clean.add(op)

    def _is_clean(self, side: Region) -> bool:
        """Return whether a side of a branch is left, or does nothing that can be seen."""
        block = side.block
        return is_left(block) or all(
            one in self.compiled or one in self.clean or not self.is_effect(one)
            for one in block.ops
        )

    def _is_compiled(self, op: Operation) -> bool:
        return op in self.compiled or isinstance(op, graph.GiveOp | graph.RaiseOp)

    def _classify_compiled(self, op: Operation, inner: list[Operation]) -> None:
        used, raising = list(op.operands), [op] if op.name in _RAISING else []
        for one in inner:
            found = self.compiled.pop(one, None)
            used += one.operands if found is None else found.used
            if isinstance(one, graph.RaiseOp):
                raising.append(one)
            elif found is not None:
                raising += found.raising
        if inner:
            used = [value for value in dict.fromkeys(used) if not _is_inside(value, op)]
        self.compiled[op] = Compiled(used, raising)

    def is_effect(self, op: Operation) -> bool:
        """Return whether something that the host runs keeps its place among what may raise."""
        return not isinstance(op, _QUIET) and function_of(op) not in _QUIET_FUNCTIONS


def written_by(op: Operation) -> set[SSAValue]:
    """Return the values in whose memory an op of the host may write."""
    found: set[SSAValue] = set()
    rest = [op.operands[1]] if function_of(op) in _WRITING_FUNCTIONS else []
    while rest:
        value = rest.pop()
        found.add(value)
        owner = value.owner
        if isinstance(owner, pyobj.TupleOp) or (
            isinstance(owner, pyobj.CallOp) and function_of(owner) in _SHARING_FUNCTIONS
        ):
            rest += owner.operands
    return found


def function_of(op: Operation) -> str | None:
    """Return the name of the runtime's function that an op calls."""
    callee = op.callee.owner if isinstance(op, pyobj.CallOp) else None
    return callee.function.data if isinstance(callee, pyobj.RuntimeOp) else None


def _is_inside(value: SSAValue, op: Operation) -> bool:
    """Return whether a value is made in one of the regions of an op."""
    owner = value.owner
    block = owner.parent if isinstance(owner, Operation) else owner
    return block is not None and block.parent_op() is op
