"""Decides which elementwise ops become one loop nest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from xdsl.ir import Operation, SSAValue

from .control_regions import CapturedValues
from .elementwise_nodes import Loops, Node, compose, is_number, plain_loops, read
from .structured_ops import Access, identity, shape_of

MOST_COPIES = 4
"""How often an op that costs nothing is computed again, before its result is kept instead."""
MOST_MEMBERS = 256
"""How many ops one loop nest holds."""


@dataclass(eq=False, slots=True)
class Group:
    """Ops that one loop nest computes."""

    position: int
    shape: tuple[int, ...]
    root: Loops | None
    results: list[Node] = field(default_factory=list[Node])
    members: list[tuple[Node, Access]] = field(default_factory=list[tuple[Node, Access]])
    """The ops that are computed, consumers before producers, and how the loops reach them."""


@dataclass(eq=False, slots=True)
class Uses:
    """Who reads a tensor."""

    groups: dict[tuple[Group, Access], None] = field(
        default_factory=dict[tuple[Group, Access], None]
    )
    whole: int | None = None
    """The position of the first op that needs the whole tensor in memory."""


@dataclass(frozen=True)
class Plan:
    """What becomes of each op of a block."""

    ops: list[Operation]
    groups: dict[int, Group]
    """The loop nest that takes an op's place, by position."""
    kept: set[int]
    """The positions of ops that stay as they are."""


def plan(ops: Sequence[Operation], captured: CapturedValues) -> Plan:
    """Return the loop nests of a block: consumers are placed first, producers join them.

    What the region of an op uses must be in memory before, but for numbers: those go inside.
    A producer joins when that computes nothing twice, or it costs nothing to compute twice.
    Visits each op once, and each use of it at most `MOST_COPIES` times.
    """
    return _Planner(list(ops), captured).plan()


class _Planner:
    def __init__(self, ops: list[Operation], captured: CapturedValues) -> None:
        self.ops = ops
        self.captured = captured
        self.found: list[Node | Loops | None] = []
        self.full: dict[SSAValue, bool] = {}
        self.uses: dict[SSAValue, Uses] = {}
        self.groups: dict[int, Group] = {}
        self.kept: set[int] = set()

    def plan(self) -> Plan:
        for op in self.ops:
            node = read(op)
            self.found.append(node)
            if isinstance(node, Node):
                every = set(range(len(shape_of(node.value))))
                node.full = any(
                    self.full.get(value, True) and plain_loops(access) == every
                    for value, access in node.operands
                )
                self.full[node.value] = node.full
        for position in range(len(self.ops) - 1, -1, -1):
            node = self.found[position]
            if isinstance(node, Node):
                self._place(position, node)
            elif node is None:
                self._keep(position)
            else:
                self._root(position, node)
        return Plan(self.ops, self.groups, self.kept)

    def _keep(self, position: int) -> None:
        op = self.ops[position]
        is_used = any(result in self.uses for result in op.results)
        if op.results and not is_used and not self.captured.may_leave(op):
            return
        self.kept.add(position)
        for value in op.operands:
            self._whole(value, position)
        for value in self.captured.of(op):
            if not is_number(value):
                self._whole(value, position)

    def _root(self, position: int, node: Loops) -> None:
        if not any(result in self.uses for result in node.op.results):
            return
        group = self.groups[position] = Group(position, loop_extents(node), node)
        for value, access in node.inputs:
            node.direct.add(value)
            self._read(value, group, access)
        for value, _ in node.outputs:
            self._whole(value, position)

    def _whole(self, value: SSAValue, position: int) -> None:
        uses = self.uses.setdefault(value, Uses())
        uses.whole = position if uses.whole is None else min(uses.whole, position)

    def _read(self, value: SSAValue, group: Group, access: Access) -> None:
        self.uses.setdefault(value, Uses()).groups[group, access] = None

    def _place(self, position: int, node: Node) -> None:
        uses = self.uses.get(node.value)
        if uses is None:
            return
        if node.free and (len(uses.groups) <= MOST_COPIES or not node.operands):
            for group, access in list(uses.groups):
                if _accepts(group, access, node):
                    del uses.groups[group, access]
                    self._join(group, access, node)
        elif len(uses.groups) == 1 and uses.whole is None:
            ((group, access),) = uses.groups
            if _accepts(group, access, node) and _visits_once(group, access, node):
                del uses.groups[group, access]
                self._join(group, access, node)
        if uses.whole is None and not uses.groups:
            return
        self._materialise(position, node, uses)

    def _materialise(self, position: int, node: Node, uses: Uses) -> None:
        """Let the first loop nest that reads the node write it too, or give it its own."""
        shape = shape_of(node.value)
        readers = sorted({group.position for group, _ in uses.groups})
        first = self.groups[readers[0]] if readers else None
        access = identity(len(shape))
        if (
            first is not None
            and (uses.whole is None or first.position < uses.whole)
            and first.root is None
            and first.shape == shape
            and [a for group, a in uses.groups if group is first] == [access]
            and len(first.members) < MOST_MEMBERS
        ):
            first.results.append(node)
            self._join(first, access, node)
            return
        group = self.groups[position] = Group(position, shape, None, [node])
        self._join(group, access, node)

    def _join(self, group: Group, access: Access, node: Node) -> None:
        group.members.append((node, access))
        for value, inner in node.operands:
            self._read(value, group, compose(access, inner))


def loop_extents(node: Loops) -> tuple[int, ...]:
    """Return how often each loop of a reduction runs."""
    extents = [1] * len(node.parallel)
    for value, access in (*node.inputs, *node.outputs):
        for (loop, scale, offset), extent in zip(access, shape_of(value), strict=True):
            if scale == 1 and offset == 0:
                extents[loop] = extent
    return tuple(extents)


def _accepts(group: Group, access: Access, node: Node) -> bool:
    if len(group.members) >= MOST_MEMBERS:
        return False
    root = group.root
    if root is None:
        return True
    if root.is_contraction:
        # The kernel of a product reads its operands from memory; loops must keep their extent.
        if not node.moves:
            return False
        sums = {loop for loop, parallel in enumerate(root.parallel) if not parallel}
        left = plain_loops(compose(access, node.operands[0][1]))
        return sums & plain_loops(access) <= left
    return node.full or node.value not in root.direct


def _visits_once(group: Group, access: Access, node: Node) -> bool:
    """Return whether the loops reach each element of the node once."""
    used = {loop for loop, scale, _ in access if scale in (1, -1)}
    return len(used) == len(access) and math.prod(group.shape) == math.prod(shape_of(node.value))
