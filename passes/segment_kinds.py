"""What each op of a function is to its host program: compiled, run by it, and what that does."""

from __future__ import annotations

from collections.abc import Iterable

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation, SSAValue

from ..dialects import graph, pyobj
from ..dialects.graph.control import LEAVING

_GRAPH = frozenset(op.name for op in graph.Graph.operations)
_ENDING = (graph.GiveOp, graph.RaiseOp)
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
        *("new_exception", "new_tuple", "scalar", "table", "truth", "view"),
    )
)
_SHARING_FUNCTIONS = frozenset(("array", "choose", "table", "view"))
"""Functions of the runtime whose results may be in the memory of their arguments."""
_WRITING_FUNCTIONS = frozenset(("assign", "write"))


class Kinds:
    """The ops of a function, by what they are to its host program.

    A graph op is compiled, with all its regions, unless some op in these is for the host.
    """

    def __init__(self, func: Operation):
        self.compiled: dict[Operation, tuple[SSAValue, ...]] = {}
        """The ops that go into segments as they are, to the values from around that they use."""
        self.raising: dict[Operation, list[Operation]] = {}
        """Those of them that may raise, or never end, to the ops in them that do."""
        self.leaving: set[Operation] = set()
        """The ops of the host that may leave the function."""
        self.names: set[str] = set()
        """Names that stand in the program."""
        self._classify(func)

    def _classify(self, op: Operation) -> None:
        inner = [one for region in op.regions for block in region.blocks for one in block.ops]
        for one in inner:
            self._classify(one)
        if op.name not in _GRAPH:
            self.names.update(p.data for p in op.properties.values() if isinstance(p, StringAttr))
        elif not isinstance(op, (graph.PrintOp, *_ENDING)) and all(
            one in self.compiled or isinstance(one, _ENDING) for one in inner
        ):
            self._classify_compiled(op, inner)
            return
        if not isinstance(op, _KEEPING) and (
            op.name in LEAVING or not self.leaving.isdisjoint(inner)
        ):
            self.leaving.add(op)

    def _classify_compiled(self, op: Operation, inner: list[Operation]) -> None:
        if not inner:
            self.compiled[op] = tuple(op.operands)
        else:
            used = [*op.operands, *(value for one in inner for value in self._used(one))]
            self.compiled[op] = tuple(v for v in dict.fromkeys(used) if not _is_inside(v, op))
        raising = [one for each in inner for one in self._raising_in(each)]
        if raising or isinstance(op, graph.AssertOp | graph.WhileOp):
            self.raising[op] = raising or [op]

    def _used(self, op: Operation) -> Iterable[SSAValue]:
        return self.compiled.get(op, op.operands)

    def _raising_in(self, op: Operation) -> list[Operation]:
        return [op] if isinstance(op, graph.RaiseOp) else self.raising.get(op, [])

    def is_effect(self, op: Operation) -> bool:
        """Return whether something that the host runs keeps its place among what may raise."""
        return not isinstance(op, _QUIET) and _function_of(op) not in _QUIET_FUNCTIONS


def written_by(op: Operation) -> set[SSAValue]:
    """Return the values in whose memory an op of the host may write."""
    found: set[SSAValue] = set()
    rest = [op.operands[1]] if _function_of(op) in _WRITING_FUNCTIONS else []
    while rest:
        value = rest.pop()
        found.add(value)
        owner = value.owner
        if isinstance(owner, pyobj.TupleOp) or (
            isinstance(owner, pyobj.CallOp) and _function_of(owner) in _SHARING_FUNCTIONS
        ):
            rest += owner.operands
    return found


def _function_of(op: Operation) -> str | None:
    """Return the name of the runtime's function that an op calls."""
    callee = op.callee.owner if isinstance(op, pyobj.CallOp) else None
    return callee.function.data if isinstance(callee, pyobj.RuntimeOp) else None


def _is_inside(value: SSAValue, op: Operation) -> bool:
    """Return whether a value is made in one of the regions of an op."""
    owner = value.owner
    block = owner.parent if isinstance(owner, Operation) else owner
    return block is not None and block.parent_op() is op
