"""Which printed values come from an argument: those print at every call, not while compiling.

The question is asked of a running `print` alone, so it is answered by reading the ops: a variable
depends on the variables in what is stored to it. Order is ignored, which errs towards run time.
"""

from __future__ import annotations

from collections.abc import Iterable

from xdsl.ir import Block, Operation, SSAValue

from ..dialects import pyobj
from .frames import Frame

Names = frozenset[str]


class _Dependencies:
    """The names that each variable and each value of a body depends on."""

    def __init__(self, block: Block):
        self.variables: dict[str, set[str]] = {}
        self._values: dict[SSAValue, Names] = {}
        self._read(block)

    def names(self, value: SSAValue) -> Names:
        """Return the variables that were loaded to compute a value."""
        return self._values.get(value, frozenset())

    def closure(self, names: Iterable[str]) -> set[str]:
        """Return the names and all that they depend on."""
        found = set[str]()
        open_names = list(names)
        while open_names:
            name = open_names.pop()
            if name not in found:
                found.add(name)
                open_names.extend(self.variables.get(name, ()))
        return found

    def _read(self, block: Block) -> None:
        """Read the ops of a block, those in regions first; regions may be nested deeply."""
        waiting: list[tuple[Operation, bool]] = [(op, False) for op in reversed(list(block.ops))]
        while waiting:
            op, entered = waiting.pop()
            blocks = [inner for region in op.regions for inner in region.blocks]
            if entered or not blocks:
                self._read_op(op, blocks)
                continue
            used = self._used(op)
            waiting.append((op, True))
            for inner in reversed(blocks):
                self._values.update(dict.fromkeys(inner.args, used))
                waiting += [(one, False) for one in reversed(list(inner.ops))]

    def _used(self, op: Operation) -> Names:
        return frozenset[str]().union(*(self.names(value) for value in op.operands))

    def _read_op(self, op: Operation, blocks: list[Block]) -> None:
        used = self._used(op).union(*(self._given(block) for block in blocks))
        match op:
            case pyobj.LoadOp():
                used |= {op.variable.data}
            case pyobj.StoreOp() | pyobj.WalrusOp() | pyobj.AugStoreOp():
                self._depends([op.variable.data], used)
            case pyobj.DefOp() | pyobj.LambdaOp():
                used |= self._loaded(op)
                if isinstance(op, pyobj.DefOp):
                    self._depends([op.variable.data], used)
            case pyobj.CallOp() | pyobj.SetItemOp() | pyobj.SetAttrOp():
                # Whatever is called may put one argument into another.
                self._depends(used, used)
            case _:
                pass
        for result in op.results:
            self._values[result] = used

    def _depends(self, names: Iterable[str], on: Iterable[str]) -> None:
        for name in names:
            self.variables.setdefault(name, set()).update(on)

    def _given(self, block: Block) -> Names:
        last = block.last_op
        if not isinstance(last, pyobj.GiveOp):
            return frozenset()
        return frozenset[str]().union(*(self.names(value) for value in last.operands))

    def _loaded(self, op: Operation) -> Names:
        return frozenset(o.variable.data for o in op.walk() if isinstance(o, pyobj.LoadOp))


_DEPENDENCIES = "foldaway_dependencies"
"""Kept on the block, so that both go together: the dependencies hold its values."""


def is_tainted(frame: Frame) -> bool:
    """Return whether an operand of the running call may come from an argument."""
    return isinstance(frame.op, pyobj.CallOp) and bool(_tainted_names(frame, frame.op.arguments))


def taint_of_call(frame: Frame, parameters: pyobj.Parameters) -> Names:
    """Return the callee's parameters that come from an argument: all or none of them."""
    # Operators and attributes call what the user wrote, too.
    operands = frame.op.operands if frame.op is not None else ()
    return frozenset(parameters.names) if _tainted_names(frame, operands) else frozenset()


def _tainted_names(frame: Frame, values: Iterable[SSAValue]) -> set[str]:
    block = _outermost(frame.op)
    if block is None:
        return set()
    known: _Dependencies | None = vars(block).get(_DEPENDENCIES)
    if known is None:
        known = vars(block)[_DEPENDENCIES] = _Dependencies(block)
    names = known.closure(name for value in values for name in known.names(value))
    tainted = set[str]()
    owner: Frame | None = frame
    while owner is not None:
        tainted |= owner.tainted
        owner = owner.parent
    return names & tainted


def _outermost(op: Operation | None) -> Block | None:
    """Return the block of the function that an op belongs to."""
    block = op.parent if op is not None else None
    while block is not None:
        parent = block.parent_op()
        if parent is None or isinstance(parent, pyobj.DefOp | pyobj.LambdaOp):
            return block
        if parent.parent is None or parent.name in ("func.func", "builtin.module"):
            return block
        block = parent.parent
    return None
