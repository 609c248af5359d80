"""Which graph ops of a host program run, in which segments, and where those are called.

What the host does that can be seen cuts a block into gaps, numbered from 0. A segment is called
at the start of a gap. Most ops may run in any gap between that of the last value they use and
that of their first user; one that may raise runs in the gap where it stands. So few segments are
made as these ranges allow; a block without ops that may raise has one, in gap 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, SSAValue

from ..dialects import graph
from .segment_kinds import Kinds, written_by


@dataclass(eq=False)
class Part:
    """The ops of one segment, in program order."""

    ops: list[Operation] = field(default_factory=list[Operation])
    """A constant may be in many segments; all others are in one."""
    arguments: dict[SSAValue, None] = field(default_factory=dict[SSAValue, None])
    results: dict[SSAValue, None] = field(default_factory=dict[SSAValue, None])
    constants: set[Operation] = field(default_factory=set[Operation])


class Schedule:
    """The segments of a function.

    Ops don't leave their block. None that stands after one that may leave the function is computed
    before that, and what reads a value keeps its place among the writes to it.
    """

    def __init__(self, func: FuncOp):
        self.kinds = Kinds(func)
        self.wanted: set[SSAValue] = set()
        """The values that are used by what runs."""
        self.parts: dict[Block, dict[int, Part]] = {}
        """The segments of each block, by their gaps."""
        self._earliest: dict[Operation, int] = {}
        self._latest: dict[Operation, int] = {}
        self._uses: dict[SSAValue, int] = {}
        """The first gap of a value's own block in which it is used."""
        self._gaps: dict[Block, int] = {}
        """The last gap of each block; while one is walked back, the current one."""
        self._writes: dict[Operation, set[SSAValue]] = {}
        self._homes: dict[Operation, Part] = {}
        self._copied: set[Operation] = set()
        """The constants that compiled code uses: each segment has its own."""
        body = func.body.block
        self._find_earliest(body)
        self._find_latest(body)
        for block, ops in self._live_ops().items():
            self._choose_gaps(block, ops)
        self._connect(body)
        places = {op: place for place, op in enumerate(self._earliest)}
        for part in self._parts():
            part.ops.sort(key=places.__getitem__)

    def runs(self, op: Operation) -> bool:
        """Return whether a graph op is needed: it is in some segment then."""
        return op in self._homes or op in self._copied

    def uses_of(self, op: Operation) -> list[SSAValue]:
        """Return the operands of an op of the host, without those that nothing is done with."""
        branch = op.parent_op()
        if isinstance(op, graph.GiveOp) and isinstance(branch, graph.IfOp):
            given = zip(op.values, branch.results, strict=True)
            return [value for value, result in given if result in self.wanted]
        return list(op.operands)

    def _find_earliest(self, block: Block) -> set[SSAValue]:
        """Find the first gap for each op, from its operands; return the values written to."""
        kinds, gap, floor = self.kinds, 0, 0
        known: dict[SSAValue, int] = {}
        written: dict[SSAValue, int] = {}
        for op in block.ops:
            used = kinds.compiled.get(op)
            if used is not None:
                after = [known.get(value, 0) for value in used]
                after += [written.get(value, 0) for value in used if written]
                found = gap if op in kinds.raising else max(after, default=0)
                self._earliest[op] = found = max(found, floor)
                known.update(dict.fromkeys(op.results, found))
                continue
            writes = {value for inner in _blocks(op) for value in self._find_earliest(inner)}
            writes |= written_by(op)
            if kinds.is_effect(op):
                gap += 1
                floor = gap if op in kinds.leaving else floor
                known.update(dict.fromkeys(op.results, gap))
            if writes:
                self._writes[op] = writes
                written.update(dict.fromkeys(writes, gap))
        self._gaps[block] = gap
        return set(written)

    def _find_latest(self, block: Block) -> None:
        """Find the last gap for each op, from its users; what has none is left out."""
        kinds, end = self.kinds, self._gaps[block]
        writes: dict[SSAValue, int] = {}
        for op in reversed(block.ops):
            used = kinds.compiled.get(op)
            if used is None:
                if kinds.is_effect(op):
                    self._gaps[block] -= 1
                self._note_uses(self.uses_of(op), block)
                for inner in _blocks(op):
                    self._find_latest(inner)
                writes.update(dict.fromkeys(self._writes.get(op, ()), self._gaps[block]))
            elif op in kinds.raising or not self.wanted.isdisjoint(op.results):
                gaps = [self._gaps[block]] if op in kinds.raising else []
                gaps += [self._uses[value] for value in op.results if value in self._uses]
                gaps += [writes.get(value, end) for value in used if writes]
                self._latest[op] = min(gaps)
                self._note_uses((v for v in used if not _is_constant(v)), block, min(gaps))

    def _note_uses(self, values: Iterable[SSAValue], user: Block, gap: int | None = None) -> None:
        """Note that values are used in a block, in its current gap or another one."""
        for value in values:
            self.wanted.add(value)
            owner = value.owner
            block = owner if isinstance(owner, Block) else owner.parent
            if block is not None and block in self._gaps:
                used = self._gaps[block] if gap is None or block is not user else gap
                self._uses[value] = min(self._uses.get(value, used), used)

    def _live_ops(self) -> dict[Block, list[Operation]]:
        """Return the ops of each block that go into its segments, in program order."""
        live: dict[Block, list[Operation]] = {}
        for op in self._earliest:
            if op in self._latest and op.parent is not None:
                live.setdefault(op.parent, []).append(op)
        return live

    def _choose_gaps(self, block: Block, ops: list[Operation]) -> None:
        """Choose gaps of a block, from the last one, such that each op has one in its range."""
        ranges: dict[int, int] = {}
        for op in ops:
            first, last = self._earliest[op], self._latest[op]
            ranges[first] = min(ranges.get(first, last), last)
        gaps: list[int] = []
        for first in sorted(ranges, reverse=True):
            if not gaps or ranges[first] < gaps[-1]:
                gaps.append(first)
        gaps.reverse()
        parts = self.parts[block] = {gap: Part() for gap in gaps}
        for op in ops:
            self._homes[op] = parts[gaps[bisect_right(gaps, self._latest[op]) - 1]]

    def _connect(self, block: Block) -> None:
        """Find out what the segments are given, and what others need of them, in order."""
        for op in block.ops:
            part = self._homes.get(op)
            if part is not None:
                for value in self.kinds.compiled[op]:
                    self._give(value, part)
                part.ops.append(op)
            elif op not in self.kinds.compiled:
                for value in self.uses_of(op):
                    self._export(value)
                for inner in _blocks(op):
                    self._connect(inner)

    def _parts(self) -> Iterator[Part]:
        for parts in self.parts.values():
            yield from parts.values()

    def _give(self, value: SSAValue, part: Part) -> None:
        """Let a segment have a value that it uses."""
        owner = value.owner
        if isinstance(owner, Operation) and self._homes.get(owner) is part:
            return
        if not isinstance(owner, graph.ConstantOp):
            part.arguments[value] = None
            self._export(value)
        elif owner not in part.constants:
            part.constants.add(owner)
            part.ops.append(owner)
            self._copied.add(owner)

    def _export(self, value: SSAValue) -> None:
        """Let the segment that makes a value give it."""
        home = self._homes.get(value.owner) if isinstance(value.owner, Operation) else None
        if home is not None:
            home.results[value] = None


def _blocks(op: Operation) -> Iterator[Block]:
    for region in op.regions:
        yield from region.blocks


def _is_constant(value: SSAValue) -> bool:
    return isinstance(value.owner, graph.ConstantOp)
