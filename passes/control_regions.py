"""The regions of branches and loops: what they use from around them, and what loops carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xdsl.ir import Block, Operation, SSAValue

_LEAVING = ("cf.assert", "scf.while")
"""Ops that may end the function, or never end."""


class CapturedValues:
    """For each branch or loop in a block and deeper, the values from around that it uses."""

    def __init__(self, block: Block) -> None:
        self._found: dict[Operation, Sequence[SSAValue]] = {}
        self._leaving: set[Operation] = set()
        for op in block.ops:
            if has_blocks(op):
                self._visit(op)

    def of(self, op: Operation) -> Sequence[SSAValue]:
        """Return what the regions of an op use; each value once, in the order of first use."""
        return self._found.get(op, ())

    def may_leave(self, op: Operation) -> bool:
        """Return whether an op may raise or run for ever, so that it stays when nothing uses it."""
        return op.name in _LEAVING or op in self._leaving

    def _visit(self, op: Operation) -> None:
        found: dict[SSAValue, None] = {}
        for region in op.regions:
            for block in region.blocks:
                inside: set[SSAValue] = set(block.args)
                for inner in block.ops:
                    if has_blocks(inner):
                        self._visit(inner)
                    if self.may_leave(inner):
                        self._leaving.add(op)
                    used = (*inner.operands, *self.of(inner))
                    found |= dict.fromkeys(value for value in used if value not in inside)
                    inside.update(inner.results)
        self._found[op] = tuple(found)


def has_blocks(op: Operation) -> bool:
    """Return whether an op is a branch or a loop, whose regions are blocks like any function's."""
    return op.name.startswith("scf.")


def ops_of(block: Block) -> Iterator[Operation]:
    """Yield the ops of a block, and of the branches and loops in it."""
    for op in block.ops:
        yield op
        if has_blocks(op):
            for region in op.regions:
                for inner in region.blocks:
                    yield from ops_of(inner)


def initial_values(op: Operation) -> Sequence[SSAValue]:
    """Return what a loop starts with, one for each of its results; nothing for other ops."""
    match op.name:
        case "scf.while":
            return op.operands
        case "scf.for":
            return op.operands[3:]
        case _:
            return ()
