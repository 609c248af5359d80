"""Decide how each product of matrices is run, from what the machine has."""

from __future__ import annotations

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import BFloat16Type, Float16Type, Float64Type, ModuleOp
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.passes import ModulePass

from ..dialects.contraction import (
    INNER,
    OUTER,
    STREAM,
    Contraction,
    Schedule,
    contraction_of,
)
from ..dialects.nested_ops import nested_ops
from .structured_ops import element_of

_SHORT, _LONG = 16, 32
"""Tiles in a column that are not worth a transposition of the other matrix, if the sums are that
many vectors long."""
_FEW = 512
"""Multiplications of a product that plain loops do as fast."""


@dataclass(frozen=True)
class ScheduleContractionsPass(ModulePass):
    """Write on each sum of products in what tiles and blocks it is computed.

    The attribute `schedule` says the kind, and sizes in elements: `outer` grows a tile of the
    result by outer products, `inner` takes inner products of rows, `stream` adds up the rows
    of a matrix. Sizes come from the options: bytes of a vector, the number of vector registers,
    and bytes of the first two caches. An op that has a schedule keeps it.
    Small products get none, and what is no contraction of floats with neighbouring results.
    """

    name = "schedule-contractions"

    vector_bytes: int = 32
    vector_registers: int = 16
    first_cache: int = 32768
    second_cache: int = 524288

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Attach schedules in place; the ops stay as they are."""
        for inner in nested_ops(op):
            if type(inner) is GenericOp and "schedule" not in inner.attributes:
                contraction = contraction_of(inner)
                if contraction is not None and contraction.multiplications > _FEW:
                    schedule = self._schedule(inner, contraction)
                    if schedule is not None:
                        schedule.attach(inner)

    def _schedule(self, op: GenericOp, contraction: Contraction) -> Schedule | None:
        size = 8 if isinstance(contraction.element, Float64Type) else 4
        lanes = self.vector_bytes // size
        m, n, k = contraction.m, contraction.n, contraction.k
        narrow = any(_is_narrow(op, position) for position in contraction.operands)
        if k.lhs == 1 and k.rhs == 1 and k.extent >= 2 * lanes and not narrow:
            rows, columns = self._inner_tile(m.extent)
            # Long sums make up for adding a vector's elements at their end.
            tiles = _SHORT if k.extent >= _LONG * lanes else 2
            if m.extent <= tiles * rows or n.extent < lanes:
                return Schedule(INNER, rows, columns, lanes)
        if m.extent == 1 and contraction.taps:
            # The window of a single channel: its rows overlap, and are read where they are.
            fits = n.rhs == 1 and n.extent >= lanes and not narrow
            return self._window(contraction, lanes) if fits else None
        if m.extent == 1:
            if n.rhs != 1 or n.extent < lanes or narrow:
                return None
            return Schedule(STREAM, 8, lanes, lanes, width=self.first_cache // 2 // size)
        return self._outer(contraction, size, narrow)

    def _outer(self, contraction: Contraction, size: int, narrow: bool) -> Schedule:
        """Return the schedule of a product that has rows and columns enough for tiles."""
        m, n, k = contraction.m, contraction.n, contraction.k
        lanes = self.vector_bytes // size
        rows, columns = self._tile(m.extent, lanes)
        if n.extent <= lanes:
            rows, columns = min(self.vector_registers - 4, m.extent), lanes
        longest = self.first_cache // 2 // (columns * size)
        is_partial = n.extent % lanes > 0
        far = is_partial or k.extent * n.extent * size > self.first_cache // 2
        pack_rhs = narrow or n.rhs != 1 or (far and m.extent > rows)
        pack_lhs = narrow or (k.lhs != 1 and n.extent > 2 * columns)
        if contraction.taps and not narrow and n.rhs == 1:
            if self._is_window(contraction, columns * size) or m.extent < 8 * rows:
                # All sums of a tile are made at once; a copy of each tap's columns would be many.
                return Schedule(OUTER, rows, columns, lanes, depth=k.extent, width=columns)
            pack_rhs = True
        if n.extent <= 2 * columns:
            # Reading the left takes the time: its rows are read from end to end.
            longest = self.second_cache // 2 // (columns * size)
        elif pack_rhs and n.rhs == 1 and m.extent < 16 * rows:
            # The copy takes part of the time: whole rows are read faster than pieces.
            longest //= 4
        depth = _even(k.extent, max(longest, lanes))
        panel = columns * depth * size
        wide = max(self.second_cache // 2 // panel, 1) * columns
        return Schedule(
            *(OUTER, rows, columns, lanes),
            depth=depth,
            width=wide,
            pack_lhs=pack_lhs,
            pack_rhs=pack_rhs,
        )

    def _is_window(self, contraction: Contraction, row: int) -> bool:
        """Return whether the taps are few, and overlap so that what a panel reads stays in caches.

        `row` are a panel's bytes in one round.
        """
        if contraction.rounds > _MOST_TAPS:
            return False
        n, rows = contraction.n, contraction.k.extent
        for tap in contraction.taps:
            rows *= tap.extent if tap.rhs >= n.extent else 1
        return rows * row <= 4 * self.first_cache

    def _window(self, contraction: Contraction, lanes: int) -> Schedule:
        """Return the schedule of sums over the window of one channel, for one row at a time."""
        vectors = -(-contraction.n.extent // lanes)
        columns = -(-vectors // -(-vectors // _WIDEST)) * lanes
        return Schedule(OUTER, 1, columns, lanes, depth=contraction.k.extent, width=columns)

    def _tile(self, rows: int, lanes: int) -> tuple[int, int]:
        """Return rows and columns of a tile whose sums, with what they need, fill registers."""
        tall, wide = (8, 3) if self.vector_registers >= 32 else (6, 2)
        if rows >= tall:
            return tall, wide * lanes
        # A row of the right matrix, a factor, and two that the processor needs to run ahead.
        vectors = (self.vector_registers - 3) // (rows + 1)
        return rows, max(min(vectors, _WIDEST), 1) * lanes

    def _inner_tile(self, rows: int) -> tuple[int, int]:
        """Return how many rows of both matrices are multiplied at once."""
        tall, wide = (6, 4) if self.vector_registers >= 32 else (4, 3)
        return (tall, wide) if rows >= tall else self._tile(rows, 1)


_MOST_TAPS = 128
"""Rounds of taps that a tile goes through at once: elements of a window, or rows of an image."""
_WIDEST = 6
"""Vectors of a tile's row: more are no faster, and take long to compile."""


def _even(extent: int, longest: int) -> int:
    """Return the length of equal parts, at most `longest`; if there are some, whole eights."""
    parts = -(-extent // longest)
    return extent if parts == 1 else -(-extent // parts // 8) * 8


def _is_narrow(op: GenericOp, position: int) -> bool:
    element = element_of(op.operands[position])
    return isinstance(element, Float16Type | BFloat16Type)
