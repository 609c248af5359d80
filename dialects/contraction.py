"""Sums of products in `linalg.generic` on buffers: what each loop is for, and how it is run.

`schedule-contractions` decides how, backends read it: neither knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import cast

from xdsl.dialects import arith
from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, MemRefType, StringAttr, i64
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp, YieldOp
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineMap

from .access import linear_access

OUTER, INNER, STREAM = "outer", "inner", "stream"
"""Kinds of a schedule: a tile of the result grows by outer products; its elements are inner
products of rows; rows of the right matrix are added up."""
_NAME = "schedule"
_FEW = 16
"""Rounds of a window's axis are fewer, those of its channels more."""
_MANY = 64
"""Vectors of a tile, and elements of a vector: more would take too long to compile."""


@dataclass(frozen=True)
class Loop:
    """A loop, and by how many elements each operand moves in a round."""

    extent: int
    lhs: int
    rhs: int
    out: int
    is_reduction: bool

    @property
    def steps(self) -> tuple[int, int, int]:
        """The three steps."""
        return self.lhs, self.rhs, self.out

    def swapped(self) -> Loop:
        """Return the loop with left and right exchanged."""
        return Loop(self.extent, self.rhs, self.lhs, self.out, self.is_reduction)


_ONCE = Loop(1, 0, 0, 0, is_reduction=False)


@dataclass(frozen=True)
class Contraction:
    """`out[m, n] += Σ_k lhs[m, k] * rhs[k, n]` for each round of the outer loops.

    The elements of `out` along `n` are neighbours. The sums go on through the rounds of `taps`,
    further reductions that are not one with `k`, such as over the window of a convolution.
    """

    operands: tuple[int, int]
    """Which of the op's operands are left and right."""
    m: Loop
    n: Loop
    k: Loop
    outer: tuple[Loop, ...]
    taps: tuple[Loop, ...]
    element: Attribute
    """The type of the sum."""

    @property
    def multiplications(self) -> int:
        """How many there are, without the outer loops."""
        return self.m.extent * self.n.extent * self.k.extent * self.rounds

    @property
    def rounds(self) -> int:
        """How many the taps have together."""
        return prod(loop.extent for loop in self.taps)


@dataclass(frozen=True)
class Schedule:
    """How a contraction is run.

    A tile has `rows` times `columns` elements of the result, which are in registers of `lanes`
    elements. Of the sums `depth` rounds are done at once, in blocks of `width` columns.
    `pack_lhs` and `pack_rhs` say which operand is copied first, in the order of its use.
    """

    kind: str
    rows: int
    columns: int
    lanes: int
    depth: int = 0
    width: int = 0
    pack_lhs: bool = False
    pack_rhs: bool = False

    def attach(self, op: Operation) -> None:
        """Write it on an op, as the attribute `schedule`."""
        found: dict[str, Attribute] = {"kind": StringAttr(self.kind)}
        for name in ("rows", "columns", "lanes", "depth", "width", "pack_lhs", "pack_rhs"):
            value = int(getattr(self, name))
            if value:
                found[name] = IntegerAttr(value, i64)
        op.attributes[_NAME] = DictionaryAttr(found)


def schedule_of(op: Operation) -> Schedule | None:
    """Return the schedule that an op has, if any; None too for one that can't be run."""
    attribute = op.attributes.get(_NAME)
    if not isinstance(attribute, DictionaryAttr):
        return None
    kind = attribute.data.get("kind")
    numbers = {
        name: cast("IntegerAttr[Attribute]", value).value.data  # pyright: ignore[reportInvalidTypeArguments]
        for name, value in attribute.data.items()
        if isinstance(value, IntegerAttr)
    }
    if not isinstance(kind, StringAttr) or kind.data not in (OUTER, INNER, STREAM):
        return None
    found = Schedule(
        kind.data,
        *(numbers.get(name, 0) for name in ("rows", "columns", "lanes", "depth", "width")),
        pack_lhs=bool(numbers.get("pack_lhs")),
        pack_rhs=bool(numbers.get("pack_rhs")),
    )
    return found if _is_runnable(found) else None


def _is_runnable(schedule: Schedule) -> bool:
    rows, columns, lanes = schedule.rows, schedule.columns, schedule.lanes
    if min(rows, columns) < 1 or lanes < 2 or lanes.bit_count() != 1 or lanes > _MANY:
        return False
    if schedule.kind == STREAM:
        return rows <= _MANY and schedule.width > 0
    if schedule.kind == INNER:
        return rows * columns <= _MANY
    fits = columns % lanes == 0 and schedule.width % columns == 0
    return fits and min(schedule.depth, schedule.width) > 0 and rows * columns // lanes <= _MANY


_FLOATS = (arith.AddfOp, arith.MulfOp)
_INTEGERS = (arith.AddiOp, arith.MuliOp)


def contraction_of(op: GenericOp, integers: bool = False) -> Contraction | None:
    """Return an op on buffers as a contraction of floats, or None if it is something else.

    With `integers` it may be one of integers, too.
    """
    factors = _factors(op, _FLOATS) or (_factors(op, _INTEGERS) if integers else None)
    if factors is None:
        return None
    loops = _loops(op, factors)
    if loops is None or any(loop.extent == 0 for loop in loops):
        return None
    candidates = [
        loop
        for loop in loops
        if not loop.is_reduction and loop.out == 1 and bool(loop.lhs) != bool(loop.rhs)
    ]
    if not candidates:
        return None
    n = candidates[0]
    if n.lhs:
        n, factors = n.swapped(), (factors[1], factors[0])
        loops = [loop.swapped() for loop in loops]
    sums = [loop for loop in loops if loop.is_reduction and loop.lhs and loop.rhs]
    if not sums:
        return None
    k = max(sums, key=_usefulness)
    rows = [loop for loop in loops if not loop.is_reduction and loop.lhs and not loop.rhs]
    m = max(rows, key=lambda loop: loop.extent, default=_ONCE)
    outer = tuple(loop for loop in loops if loop not in (m, n, k))
    element = cast("MemRefType[Attribute]", op.outputs[0].type).element_type
    if len(outer) + 2 + (m is not _ONCE) != len(loops):
        return None
    taps = tuple(loop for loop in outer if loop.is_reduction)
    outer = tuple(loop for loop in outer if not loop.is_reduction)
    return Contraction(factors, m, n, k, outer, taps, element)


def _usefulness(loop: Loop) -> tuple[bool, bool, bool, int]:
    """Return what makes a reduction the best for `k`: neighbours, unless there are only a few."""
    return loop.extent >= _FEW, loop.rhs == 1, loop.lhs == 1, loop.extent


def _factors(
    op: GenericOp,
    kinds: tuple[type[arith.AddfOp | arith.AddiOp], type[arith.MulfOp | arith.MuliOp]],
) -> tuple[int, int] | None:
    """Return the positions of the two operands of which the body adds the products.

    `kinds` are the ops that add and multiply.
    """
    block = op.body.block
    last = block.last_op
    if len(op.outputs) != 1 or not isinstance(last, YieldOp) or len(last.operands) != 1:
        return None
    sum, total = last.operands[0].owner, block.args[-1]
    if not isinstance(sum, kinds[0]) or total not in sum.operands:
        return None
    product = (sum.rhs if sum.lhs is total else sum.lhs).owner
    if not isinstance(product, kinds[1]) or not total.has_one_use():
        return None
    if not product.result.has_one_use() or sum.result.type != op.body.block.args[-1].type:
        return None
    arguments: dict[SSAValue, int] = {value: n for n, value in enumerate(block.args[:-1])}
    found = [arguments.get(_narrow(value)) for value in product.operands]
    lhs, rhs = found
    if lhs is None or rhs is None or lhs == rhs:
        return None
    written = op.outputs[0]
    buffers = [op.operands[lhs], op.operands[rhs], written]
    if any(not isinstance(value.type, MemRefType) for value in buffers) or written in buffers[:2]:
        return None
    return lhs, rhs


def _narrow(value: SSAValue) -> SSAValue:
    """Return what a value was before it was extended."""
    return value.owner.input if isinstance(value.owner, arith.ExtFOp) else value


def _loops(op: GenericOp, factors: tuple[int, int]) -> list[Loop] | None:
    """Return the loops of more than one round; neighbours that go on where one ends are one."""
    maps = [map.data for map in op.indexing_maps]
    positions = (*factors, len(maps) - 1)
    known: list[_Reached] = []
    for position in positions:
        reached = _reached(op.operands[position].type, maps[position])
        if reached is None:
            return None
        known.append(reached)
    loops: list[Loop] = []
    for number, kind in enumerate(op.iterator_types):
        extents = {one.extents[number] for one in known if number in one.extents}
        if len(extents) != 1:
            return None
        lhs, rhs, out = (one.steps[number] for one in known)
        loop = Loop(extents.pop(), lhs, rhs, out, kind.data is IteratorType.REDUCTION)
        if loop.is_reduction and loop.out:
            return None
        if loop.extent == 1:
            continue
        before = loops[-1] if loops else None
        if before is not None and _continues(before, loop):
            loops[-1] = Loop(before.extent * loop.extent, *loop.steps, loop.is_reduction)
        else:
            loops.append(loop)
    return loops


def _continues(outer: Loop, inner: Loop) -> bool:
    pairs = zip(outer.steps, inner.steps, strict=True)
    same = outer.is_reduction == inner.is_reduction
    return same and all(a == b * inner.extent for a, b in pairs)


@dataclass(frozen=True)
class _Reached:
    """How an operand is reached: the extents of loops that are an axis, and each loop's step."""

    extents: Mapping[int, int]
    steps: Sequence[int]


def _reached(type: Attribute, map: AffineMap) -> _Reached | None:
    """Return how an operand's map reaches it, None where the steps are not known."""
    memory = cast("MemRefType[Attribute]", type)
    strides = memory.get_strides()
    known = [stride for stride in strides or () if stride is not None]
    if strides is None or len(known) < len(strides):
        return None
    access = linear_access(map, known, 0)
    if access is None:
        return None
    extents = {
        expression.position: extent
        for expression, extent in zip(map.results, memory.get_shape(), strict=True)
        if isinstance(expression, AffineDimExpr)
    }
    return _Reached(extents, access.steps)
