"""Which graph ops of a host program run, in which segments, and where those are called.

What the host does that can be seen cuts a block into gaps, numbered from 0. A segment is called
at the start of a gap. Most ops may run in any gap between that of the last value they use and
that of their first user; one that may raise runs in the gap where it stands, or before all effects
if it sends the call to Python. So few segments are made as these ranges allow; a block without
ops that may raise has one, in gap 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, SSAValue

from ..dialects import graph
from ..dialects.dtypes import spec_of
from .segment_kinds import Kinds, written_by


@dataclass(eq=False)
class Part:
    """The ops of one segment, in program order."""

    ops: list[Operation] = field(default_factory=list[Operation])
    """A constant, or a number that is broadcast, may be in many; all others are in one."""
    arguments: dict[SSAValue, None] = field(default_factory=dict[SSAValue, None])
    results: dict[SSAValue, None] = field(default_factory=dict[SSAValue, None])
    constants: set[Operation] = field(default_factory=set[Operation])


class Schedule:
    """The segments of a function.

    Ops don't leave their block. What stands after an op that may leave the function isn't computed
    before it, unless the call might start again after effects otherwise. What reads a value keeps
    its place among the writes to it.
    """

    def __init__(self, func: FuncOp):
        self.kinds = Kinds(func)
        self.parts: dict[Block, dict[int, Part]] = {}
        """The segments of each block, by their gaps."""
        self.uses: dict[SSAValue, int] = {}
        """The values that are needed, and the first gaps of their own blocks that use them."""
        self._gaps: dict[Block, int] = {}
        """The last gap of each block; while one is walked back, the current one."""
        self._writes: dict[Operation, set[SSAValue]] = {}
        self._homes: dict[Operation, Part] = {}
        self._copied: set[Operation] = set()
        """The constants that compiled code uses, and numbers: each segment has its own."""
        self._retreats = any(step.retreats for step in self.kinds.compiled.values())
        body = func.body.block
        self._find_earliest(body)
        self._find_latest(body)
        for block, ops in self._live_ops().items():
            self._choose_gaps(block, ops)
        self._connect(body)
        places = {op: place for place, op in enumerate(self.kinds.compiled)}
        for parts in self.parts.values():
            for part in parts.values():
                part.ops.sort(key=places.__getitem__)

    def runs(self, op: Operation) -> bool:
        """Return whether a graph op is needed: it is in some segment then."""
        return op in self._homes or op in self._copied

    def uses_of(self, op: Operation) -> list[SSAValue]:
        """Return the operands of an op of the host, without those that nothing is done with."""
        branch = op.parent_op()
        if isinstance(op, graph.GiveOp) and isinstance(branch, graph.IfOp):
            given = zip(op.values, branch.results, strict=True)
            return [value for value, result in given if result in self.uses]
        return list(op.operands)

    def _find_earliest(self, block: Block) -> set[SSAValue]:
        """Find the first gap for each op, from its operands; return the values written to."""
        kinds, gap, floor, clean = self.kinds, 0, 0, 0
        known: dict[SSAValue, int] = {}
        """The first gap in which each value is as it is read, if that isn't 0."""
        written: set[SSAValue] = set()
        for op in block.ops:
            step = kinds.compiled.get(op)
            if step is not None:
                step.first = gap if step.raising and not step.retreats else floor
                if known:
                    step.first = max([step.first, *(known.get(value, 0) for value in step.used)])
                if step.raising:
                    step.due = max(step.first, clean) if step.retreats else gap
                if step.first:
                    known.update(dict.fromkeys(op.results, step.first))
                continue
            writes = {value for inner in _blocks(op) for value in self._find_earliest(inner)}
            writes |= written_by(op)
            if kinds.is_effect(op):
                gap += 1
                clean = gap if op in kinds.clean and clean == gap - 1 else clean
                if op in kinds.leaving and (clean == gap or not self._retreats):
                    floor = gap
                known.update(dict.fromkeys([*op.results, *writes], gap))
            if writes:
                self._writes[op] = writes
                written |= writes
        self._gaps[block] = gap
        return written

    def _find_latest(self, block: Block) -> None:
        """Find the last gap for each op, from its users; what has none is left out."""
        writes: dict[SSAValue, int] = {}
        for op in reversed(block.ops):
            step = self.kinds.compiled.get(op)
            if step is None:
                if self.kinds.is_effect(op):
                    self._gaps[block] -= 1
                self._note_uses(self.uses_of(op), block, self._gaps[block])
                for inner in _blocks(op):
                    self._find_latest(inner)
                writes.update(dict.fromkeys(self._writes.get(op, ()), self._gaps[block]))
                continue
            gaps = [] if step.due is None else [step.due]
            gaps += [self.uses[value] for value in op.results if value in self.uses]
            if gaps:
                if writes:
                    gaps += [writes[value] for value in step.used if value in writes]
                step.last = min(gaps)
                compiled = [value for value in step.used if not _is_copied(value.owner)]
                self._note_uses(compiled, block, step.last)

    def _note_uses(self, values: Iterable[SSAValue], user: Block, gap: int) -> None:
        """Note that values are used in a gap of a block; in the current one of a block around."""
        for value in values:
            owner = value.owner
            block = owner if isinstance(owner, Block) else _block_of(owner)
            used = gap if block is user else self._gaps[block]
            self.uses[value] = min(self.uses.get(value, used), used)

    def _live_ops(self) -> dict[Block, list[tuple[Operation, int, int]]]:
        """Return the ops of each block that go into its segments, and the gaps they may be in."""
        live: dict[Block, list[tuple[Operation, int, int]]] = {}
        for op, step in self.kinds.compiled.items():
            if step.last is not None:
                live.setdefault(_block_of(op), []).append((op, step.first, step.last))
        return live

    def _choose_gaps(self, block: Block, ops: list[tuple[Operation, int, int]]) -> None:
        """Choose gaps of a block, from the last one, such that each op has one in its range."""
        ranges: dict[int, int] = {}
        for _, first, last in ops:
            ranges[first] = min(ranges.get(first, last), last)
        gaps: list[int] = []
        for first in sorted(ranges, reverse=True):
            if not gaps or ranges[first] < gaps[-1]:
                gaps.append(first)
        gaps.reverse()
        parts = self.parts[block] = {gap: Part() for gap in gaps}
        for op, _, last in ops:
            self._homes[op] = parts[gaps[bisect_right(gaps, last) - 1]]

    def _connect(self, block: Block) -> None:
        """Find out what the segments are given, and what others need of them, in order."""
        for op in block.ops:
            part = self._homes.get(op)
            if part is not None:
                for value in self.kinds.compiled[op].used:
                    self._give(value, part)
                part.ops.append(op)
            elif op not in self.kinds.compiled:
                for value in self.uses_of(op):
                    self._export(value)
                for inner in _blocks(op):
                    self._connect(inner)

    def _give(self, value: SSAValue, part: Part) -> None:
        """Let a segment have a value that it uses."""
        owner = value.owner
        home = self._homes.get(owner) if isinstance(owner, Operation) else None
        if home is part:
            return
        if not _is_copied(owner):
            part.arguments[value] = None
            if home is not None:
                home.results[value] = None
        elif owner not in part.constants:
            for operand in owner.operands:
                self._give(operand, part)
            part.constants.add(owner)
            part.ops.append(owner)
            self._copied.add(owner)

    def _export(self, value: SSAValue) -> None:
        """Let the segment that makes a value give it."""
        home = self._homes.get(value.owner) if isinstance(value.owner, Operation) else None
        if home is not None:
            home.results[value] = None


def _is_copied(owner: Operation | Block) -> TypeGuard[Operation]:
    """Return whether what makes a value is copied: a constant, or a number that is broadcast."""
    if type(owner) is graph.BroadcastOp and not spec_of(owner.input.type).shape:
        owner = owner.input.owner
    return type(owner) is graph.ConstantOp


def _blocks(op: Operation) -> Iterator[Block]:
    for region in op.regions:
        yield from region.blocks


def _block_of(op: Operation) -> Block:
    block = op.parent
    assert block is not None
    return block
