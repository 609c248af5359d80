"""A product of matrices whose tiles stay in registers and grow by outer products.

The right matrix is cut into blocks that fit the second cache, the sums into parts whose panel of
columns fits the first.
Source: Goto and van de Geijn, Anatomy of high-performance matrix multiplication.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import prod

from ...dialects.split import COLUMNS, ROWS
from .packing import pack_columns, pack_rows
from .product import Matrices, Product, ProductWriter, blocks, even_parts

_WRITTEN_OUT, _AT_ONCE = 12, 4
"""Rounds that are no loop; and rounds of a long loop that are written one behind another, since
what counts them takes as much room in the processor as a fourth of a round."""


@dataclass(frozen=True)
class Columns:
    """Panels of columns that lie side by side."""

    panels: int | str
    """How many there are."""
    count: int
    """Columns of each; fewer than the schedule's in the last."""


@dataclass(frozen=True)
class Grid:
    """A tile: its rows, the columns in each vector of a row, and the left's step to a next row."""

    rows: int
    sizes: Sequence[int]
    lhs_m: int


@dataclass(frozen=True)
class Rounds:
    """A loop over terms of the sums, and by how many elements both operands move in a round."""

    count: int | str
    lhs: int
    rhs: int
    at_once: int = 1
    """Divides their number."""


@dataclass(frozen=True)
class Steps:
    """By how many elements a tile's operands move, and whether its sums are the first."""

    lhs_m: int
    lhs_k: int
    rhs_k: int
    panel: int
    """To the next tile's columns."""
    is_first: str
    """LLVM's i1: if it holds, nothing is in the result yet."""
    is_last: str
    """LLVM's i1: if it holds, nothing is added to the sums later."""


def write_outer(writer: ProductWriter, at: Matrices) -> None:
    """Write the loops over columns: the whole panels, then the one that is left."""
    n, columns = writer.product.contraction.n, writer.product.schedule.columns
    full, left = writer.product.panels
    if full:
        with writer.part(COLUMNS, 0, full) as (first, panels):
            start = writer.moved(at, first, rhs=n.rhs * columns, out=n.out * columns)
            _write_columns(writer.further(1, first, columns), start, Columns(panels, columns))
    if left:
        done = str(full * columns)
        with writer.part(COLUMNS, full, 1):
            behind = writer.moved(at, done, rhs=n.rhs, out=n.out)
            _write_columns(writer.further(1, done), behind, Columns(1, left))


def _write_columns(writer: ProductWriter, at: Matrices, columns: Columns) -> None:
    product, text = writer.product, writer.text
    n, k = product.contraction.n, product.contraction.k
    size = product.schedule.columns
    # What the window reads of a panel stays in the first cache for all rows.
    at_once = 1 if product.contraction.taps and product.has_taps_inside else None
    if product.is_rhs_packed:
        at_once = product.schedule.width // size
    with ExitStack() as stack:
        first, panels = "0", columns.panels
        if at_once is not None:
            first, panels = stack.enter_context(blocks(text, panels, at_once))
        block = writer.moved(at, first, rhs=n.rhs * size, out=n.out * size)
        writer = writer.further(1, first, size)
        taps = () if product.has_taps_inside else product.contraction.taps
        indices: list[str] = []
        for tap in taps:
            index = stack.enter_context(text.loop(tap.extent)).index
            block = writer.moved(block, index, lhs=tap.lhs, rhs=tap.rhs)
            writer = writer.completed_by(index, tap.extent)
            indices.append(index)
        with blocks(text, k.extent, product.schedule.depth) as (round, rounds):
            part = writer.moved(block, round, lhs=k.lhs, rhs=k.rhs)
            is_first = _is_first(writer, [*indices, round])
            is_last = _is_last(writer, round, rounds)
            steps = Steps(product.contraction.m.lhs, k.lhs, k.rhs, n.rhs * size, is_first, is_last)
            if product.is_rhs_packed:
                pack_columns(writer, part.rhs, rounds, panels, columns.count)
                part = Matrices(part.lhs, "%work", part.out)
                steps = replace(steps, rhs_k=size, panel=product.panel)
            _write_rows(writer, part, steps, columns.count, panels, rounds)


def _is_first(writer: ProductWriter, rounds: Sequence[str]) -> str:
    if not writer.product.overwrites:
        return "false"
    found = "true"
    for round in rounds:
        if round != "0":
            test = writer.text.assign(f"icmp eq i64 {round}, 0")
            both = found != "true"
            found = writer.text.assign(f"and i1 {found}, {test}") if both else test
    return found


def _is_last(writer: ProductWriter, round: str, rounds: int | str) -> str:
    extent = writer.product.contraction.k.extent
    if not writer.tails or rounds == extent:
        return writer.is_complete
    return writer.is_last(writer.text.assign(f"add nuw nsw i64 {round}, {rounds}"), extent + 1)


def _write_rows(
    writer: ProductWriter,
    at: Matrices,
    steps: Steps,
    count: int,
    panels: int | str,
    rounds: int | str,
) -> None:
    """Write the loops over tiles: rows outside, so that a panel's block is read once for each."""
    product = writer.product
    m, before = product.contraction.m, 0
    for first, rows, many in even_parts(m.extent, product.rows_beside(count)):
        start = writer.moved(at, str(first), lhs=m.lhs, out=m.out)
        below = writer.further(0, str(first))
        with writer.part(ROWS, before, many) as (tile, tiles):
            start = below.moved(start, tile, lhs=m.lhs * rows, out=m.out * rows)
            here = below.further(0, tile, rows)
            _write_tiles(here, start, steps, rows, tiles, count, panels, rounds)
        before += many


def _write_tiles(
    writer: ProductWriter,
    start: Matrices,
    steps: Steps,
    rows: int,
    many: int | str,
    count: int,
    panels: int | str,
    rounds: int | str,
) -> None:
    """Write the loop over tiles of so many rows each."""
    product, text, m = writer.product, writer.text, writer.product.contraction.m
    if not product.is_lhs_packed:
        with text.loop(many) as loop:
            tile = writer.moved(start, loop.index, lhs=m.lhs * rows, out=m.out * rows)
            here = writer.further(0, loop.index, rows)
            _write_panels(here, tile, tile.lhs, steps, rows, count, panels, rounds)
            here.finish(rows, panels, count, steps.is_last)
        return
    with blocks(text, many, product.tiles) as (tile, tiles):
        block = writer.moved(start, tile, lhs=m.lhs * rows, out=m.out * rows)
        inner = writer.further(0, tile, rows)
        work = writer.behind("%work", str(product.packed_columns), 1)
        lhs_m, lhs_k = pack_rows(writer, block.lhs, work, rows, tiles, rounds)
        inside = replace(steps, lhs_m=lhs_m, lhs_k=lhs_k)
        with text.loop(tiles) as loop:
            lhs = writer.behind(work, loop.index, product.tile)
            out = writer.behind(block.out, loop.index, m.out * rows)
            place = Matrices(lhs, block.rhs, out)
            here = inner.further(0, loop.index, rows)
            _write_panels(here, place, block.lhs, inside, rows, count, panels, rounds)
            here.finish(rows, panels, count, steps.is_last)


def _write_panels(
    writer: ProductWriter,
    at: Matrices,
    source: str,
    steps: Steps,
    rows: int,
    count: int,
    panels: int | str,
    rounds: int | str,
) -> None:
    """Write the loop over the tiles that lie side by side; `source` is what `at.lhs` copies."""
    product, text = writer.product, writer.text
    step = product.contraction.n.out * product.schedule.columns
    with text.loop(panels) as panel:
        rhs = writer.behind(at.rhs, panel.index, steps.panel)
        out = writer.behind(at.out, panel.index, step)
        if product.contraction.k.lhs == 1 and product.tiles == 1:
            _fetch_next(writer, source, panel.index, rows)
        writer.further(1, panel.index, product.schedule.columns).fetch_tails(rows, steps.is_last)
        _write_tile(writer, Matrices(at.lhs, rhs, out), steps, rows, count, rounds)


def _fetch_next(writer: ProductWriter, lhs: str, panel: str, rows: int) -> None:
    """Write hints that a line of each of the next tile's rows will be read, another each panel.

    Behind the last tile there may be no memory, which a hint doesn't mind.
    """
    text, m, element = writer.text, writer.product.contraction.m, writer.product.lhs.buffer.element
    line = 64 // element.bytes
    moved = text.scaled(panel, line)
    for row in range(rows, 2 * rows):
        index = text.assign(f"add i64 {moved}, {row * m.lhs}")
        place = text.assign(f"getelementptr {element.memory}, ptr {lhs}, i64 {index}")
        writer.vectors.prefetch(place, written=False)


def _write_tile(
    writer: ProductWriter,
    at: Matrices,
    steps: Steps,
    rows: int,
    count: int,
    rounds: int | str,
) -> None:
    """Write one tile: its sums, from a zero that changes nothing, and what becomes of them."""
    vectors, lanes = writer.vectors, writer.vectors.lanes
    product = writer.product
    sizes = [min(lanes, count - first) for first in range(0, count, lanes)]
    start = [vectors.constant(0.0 if product.overwrites else -0.0)] * (rows * len(sizes))
    outs = [writer.behind(at.out, str(i), product.contraction.m.out) for i in range(rows)]
    for out in outs:
        vectors.prefetch(out, written=True)
    loops = [Rounds(rounds, steps.lhs_k, steps.rhs_k, _at_once(product, count))]
    if product.has_taps_inside:
        loops += [Rounds(tap.extent, tap.lhs, tap.rhs) for tap in product.contraction.taps]
    sums = _write_rounds(writer, at, loops, Grid(rows, sizes, steps.lhs_m), start)
    places = [
        (writer.behind(out, str(j), lanes), size) for out in outs for j, size in enumerate(sizes)
    ]
    _finish_tile(writer, places, sums, steps.is_first)


def _write_rounds(
    writer: ProductWriter, at: Matrices, loops: Sequence[Rounds], grid: Grid, sums: Sequence[str]
) -> list[str]:
    """Write loops that add to a tile's sums; return what these are then.

    A few rounds are written out: what is read lies at constant distances then.
    """
    if not loops:
        return _write_round(writer, at, grid, sums)
    first, rest = loops[0], loops[1:]

    def inside(index: str) -> Matrices:
        lhs = writer.behind(at.lhs, index, first.lhs)
        return Matrices(lhs, writer.behind(at.rhs, index, first.rhs), at.out)

    extents = [loop.count for loop in loops if isinstance(loop.count, int)]
    if isinstance(first.count, int) and prod(extents) <= _WRITTEN_OUT:
        for index in range(first.count):
            sums = _write_rounds(writer, inside(str(index)), rest, grid, sums)
        return list(sums)
    text, many = writer.text, first.at_once
    if many == 1 or isinstance(first.count, int):
        count = first.count if many == 1 else int(first.count) // many
    else:
        count = text.assign(f"udiv exact i64 {first.count}, {many}")
    with text.loop(count, [(writer.vectors.type, sum) for sum in sums]) as loop:
        start, sums = inside(text.scaled(loop.index, many)), loop.carried
        for index in range(many):
            lhs = writer.behind(start.lhs, str(index), first.lhs)
            here = Matrices(lhs, writer.behind(start.rhs, str(index), first.rhs), at.out)
            sums = _write_rounds(writer, here, rest, grid, sums)
        loop.next = list(sums)
    return loop.next


def _at_once(product: Product, columns: int) -> int:
    """Return how many rounds over the terms are written one behind another, in a whole tile."""
    depth, extent = product.schedule.depth, product.contraction.k.extent
    divides = extent % _AT_ONCE == 0 and (depth >= extent or depth % _AT_ONCE == 0)
    has_taps = product.has_taps_inside and product.contraction.taps
    return _AT_ONCE if divides and columns == product.schedule.columns and not has_taps else 1


def _write_round(writer: ProductWriter, at: Matrices, grid: Grid, sums: Sequence[str]) -> list[str]:
    """Write the products of one round, added to the sums."""
    vectors, many = writer.vectors, len(grid.sizes)
    # A copied panel has zeros behind its last column.
    whole = writer.product.is_rhs_packed
    row = [
        vectors.load(writer.behind(at.rhs, str(j), vectors.lanes), None if whole else size)
        for j, size in enumerate(grid.sizes)
    ]
    added: list[str] = []
    for i in range(grid.rows):
        factor = vectors.splat(writer.behind(at.lhs, str(i), grid.lhs_m))
        before = sums[i * many : (i + 1) * many]
        added += [
            vectors.multiply_add(factor, column, sum)
            for column, sum in zip(row, before, strict=True)
        ]
    return added


def _finish_tile(
    writer: ProductWriter,
    places: Sequence[tuple[str, int]],
    sums: Sequence[str],
    is_first: str,
) -> None:
    """Write the stores of a tile's sums, where they aren't the first added to what is there."""
    text, vectors = writer.text, writer.vectors
    first, later, end = text.labels("first", "later", "end")
    text.emit(f"br i1 {is_first}, label %{first}, label %{later}")
    text.start(first)
    for (place, size), sum in zip(places, sums, strict=True):
        vectors.store(sum, place, size)
    text.emit(f"br label %{end}")
    text.start(later)
    for (place, size), sum in zip(places, sums, strict=True):
        vectors.store(vectors.add(vectors.load(place, size), sum), place, size)
    text.emit(f"br label %{end}")
    text.start(end)
