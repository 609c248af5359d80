"""Which ops in tensor form become one kernel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import prod

from xdsl.dialects import arith, tensor
from xdsl.dialects.builtin import i64
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, SSAValue

from .kernel_kinds import Kind, copied_ops, find_kind, number_in
from .structured_ops import element_of, shape_of

_MOST_OPS = 32
"""Ops of one kernel: more need more memory on the chip than there is."""
_OPEN = 8
"""The latest groups, which an op may join: looking at all would take quadratic time."""

Axes = tuple[int, ...]


@dataclass(eq=False)
class Group:
    """Ops that become one kernel, one function of the CPU, or stay a single op of the host.

    All values have axes of one space: `axes` says which ones.
    """

    kind: Kind
    ops: list[Operation] = field(default_factory=list[Operation])
    reasons: list[tuple[Operation, str]] = field(default_factory=list[tuple[Operation, str]])
    space: tuple[int, ...] = ()
    axes: dict[SSAValue, Axes] = field(default_factory=dict[SSAValue, Axes])
    kept: Axes | None = None
    """The axes that reductions have left."""
    closed: bool = False
    number: int = 0
    before: int = 0
    """The numbers of groups that have to run before this one, through others too, as bits."""

    @property
    def all(self) -> Axes:
        """All axes."""
        return tuple(range(len(self.space)))


@dataclass(frozen=True)
class Grouped:
    """The groups of a block in an order in which they can run, and the ops that each may copy."""

    groups: list[Group]
    copied: set[Operation]


def group_ops(block: Block) -> Grouped:
    """Return the groups of the ops of a block."""
    return _Grouping(block).run()


class _Grouping:
    def __init__(self, block: Block) -> None:
        self.groups: list[Group] = []
        self.kinds = {op: find_kind(op) for op in block.ops}
        self.copied = copied_ops(block, self.kinds)
        self.of: dict[Operation, Group] = {}

    def run(self) -> Grouped:
        last_effect: Group | None = None
        for op, found in self.kinds.items():
            if op in self.copied:
                continue
            needed = {self.of[owner]: None for owner in self._owners(op)}
            group = self._joined(op, found.kind, needed)
            if group is None:
                group = self._started(op, found.kind)
                group.number = len(self.groups)
                self.groups.append(group)
            group.ops.append(op)
            self.of[op] = group
            if found.reason:
                group.reasons.append((op, found.reason))
            if found.kind is Kind.HOST:
                # Branches, loops and what raises keep their order.
                if last_effect is not None:
                    needed[last_effect] = None
                last_effect = group
            self._run_after(group, needed)
        # What runs before a group has fewer groups before it.
        groups = sorted(self.groups, key=lambda group: (group.before.bit_count(), group.number))
        return Grouped(groups, self.copied)

    def _owners(self, op: Operation) -> Iterable[Operation]:
        """Yield the grouped ops of this block that an op reads, in its regions too."""
        for inner in op.walk():
            for value in inner.operands:
                yield from self._grouped(value)

    def _grouped(self, value: SSAValue) -> Iterable[Operation]:
        owner = value.owner
        if not isinstance(owner, Operation) or owner not in self.kinds:
            return
        if owner in self.of:
            yield owner
        elif owner in self.copied:
            for operand in owner.operands:
                yield from self._grouped(operand)

    def _joined(self, op: Operation, kind: Kind, needed: Iterable[Group]) -> Group | None:
        """Return the group that an op can be in with what it reads."""
        if kind in (Kind.HOST, Kind.VIEW, Kind.PRODUCT):
            return None
        for group in reversed(self.groups[-_OPEN:]):
            if group.closed or len(group.ops) >= _MOST_OPS:
                continue
            if any(other.before >> group.number & 1 for other in needed):
                continue
            if kind is Kind.CPU:
                if group.kind is Kind.CPU:
                    return group
            elif group in needed and self._join(group, op, kind):
                return group
        return None

    def _run_after(self, group: Group, needed: Iterable[Group]) -> None:
        new = 0
        for other in needed:
            if other is not group:
                new |= other.before | 1 << other.number
        if new | group.before == group.before:
            return
        group.before |= new
        for other in self.groups[-_OPEN:]:
            if other.before >> group.number & 1:
                other.before |= new

    def _started(self, op: Operation, kind: Kind) -> Group:
        group = Group(kind)
        if kind in (Kind.HOST, Kind.VIEW):
            group.closed = True
        elif kind is Kind.MOVE:
            group.closed = not isinstance(op, tensor.InsertSliceOp)
        elif kind is Kind.PRODUCT:
            group.space = shape_of(op.results[0])
            group.axes[op.results[0]] = group.all
        elif kind is not Kind.CPU:
            group.space = shape_of(op.operands[0] if kind is Kind.REDUCTION else op.results[0])
            joined = self._join(group, op, kind)
            assert joined
        return group

    def _join(self, group: Group, op: Operation, kind: Kind) -> bool:
        """Put a vector op into a group, if its values have axes of the space."""
        if group.kind is Kind.CPU or (kind is Kind.MOVE) != (group.kind is Kind.MOVE):
            return False
        if kind is Kind.MOVE:
            return self._join_part(group, op)
        if group.kind is Kind.PRODUCT and prod(group.space) == 1:
            # Both vector cores would store the product's one element.
            return False
        if kind is Kind.REDUCTION:
            return group.kind is not Kind.PRODUCT and self._join_reduction(group, op)
        if shape_of(op.results[0]) == group.space:
            read = self._read(group, op)
            if read is not None and _note(group, {op.results[0]: group.all, **read}):
                return True
        return kind is Kind.ELEMENTWISE and self._join_kept(group, op)

    def _join_part(self, group: Group, op: Operation) -> bool:
        """Put the second of two parts, of which a tensor consists, behind the first one."""
        first = group.ops[-1]
        if not isinstance(op, tensor.InsertSliceOp) or op.operands[1] is not first.results[0]:
            return False
        # The vendor's compiler fails at three parts, at two that leave something between them,
        # and at a second one whose rows are one element.
        parts = [shape_of(insert.operands[0]) for insert in (first, op)]
        covered = sum(prod(part) for part in parts) == prod(shape_of(op.results[0]))
        if not isinstance(first.operands[1].owner, tensor.EmptyOp) or not covered:
            return False
        if parts[1][-1:] == (1,):
            return False
        group.closed = True
        return True

    def _join_kept(self, group: Group, op: Operation) -> bool:
        """Put arithmetic on what reductions have left into a group."""
        chains = [self._converted(v) for v in _inputs(op) if number_in(v) is None]
        values = [value for chain in chains for value in chain]
        known = {group.axes[value] for value in values if value in group.axes}
        if len(known) != 1 or any(chain[-1].owner in self.copied for chain in chains):
            return False
        (axes,) = known
        if shape_of(op.results[0]) != tuple(group.space[axis] for axis in axes):
            return False
        return _note(group, {value: axes for value in (*values, op.results[0])})

    def _converted(self, value: SSAValue) -> list[SSAValue]:
        """Return a value, and what it is converted from."""
        found = [value]
        while isinstance(value.owner, arith.ExtFOp) and value.owner in self.copied:
            value = value.owner.input
            found.append(value)
        return found

    def _join_reduction(self, group: Group, op: Operation) -> bool:
        assert isinstance(op, linalg.ReduceOp)
        value, reduced = op.operands[0], op.dimensions.get_values()
        if shape_of(value) != group.space:
            return False
        kept = tuple(axis for axis in group.all if axis not in reduced)
        is_last = kept == group.all[: len(kept)]
        if group.kept is not None and (kept != group.kept or not is_last):
            return False
        if not is_last and group.ops and element_of(value) == i64:
            # The vendor's compiler computes i64 in place, of rows without gaps into rows with gaps.
            return False
        if not is_last and any(axes != group.all for axes in group.axes.values()):
            return False
        read = self._traced(group, value)
        if read is None or not _note(group, {**read, op.results[0]: kept}):
            return False
        group.kept, group.closed = kept, group.closed or not is_last
        return True

    def _read(self, group: Group, op: Operation) -> dict[SSAValue, Axes] | None:
        """Return the axes of what an op on the whole space reads; None where they don't fit."""
        if isinstance(op, linalg.BroadcastOp):
            added = op.dimensions.get_values()
            return {op.input: tuple(axis for axis in group.all if axis not in added)}
        found: dict[SSAValue, Axes] = {}
        for value in _inputs(op):
            traced = self._traced(group, value)
            if traced is None or any(found.get(v, axes) != axes for v, axes in traced.items()):
                return None
            found |= traced
        return found

    def _traced(self, group: Group, value: SSAValue) -> dict[SSAValue, Axes] | None:
        """Return the axes of a value that has all of them, and of what it is a broadcast of."""
        if number_in(value) is not None:
            return {}
        owner, found = value.owner, {value: group.all}
        while isinstance(owner, Operation) and owner in self.copied:
            if isinstance(owner, linalg.BroadcastOp):
                added = owner.dimensions.get_values()
                kept = tuple(axis for axis in group.all if axis not in added)
                return found if found.setdefault(owner.input, kept) == kept else None
            value = owner.operands[0]
            if number_in(value) is not None:
                break
            found[value] = group.all
            owner = value.owner
        return found


def _inputs(op: Operation) -> Sequence[SSAValue]:
    """Return the tensors that an elementwise op reads."""
    return op.inputs if isinstance(op, linalg.GenericOp) else op.operands


def _note(group: Group, axes: dict[SSAValue, Axes]) -> bool:
    if any(group.axes.get(value, found) != found for value, found in axes.items()):
        return False
    group.axes |= axes
    return True
