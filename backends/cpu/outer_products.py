"""A product of matrices whose tiles stay in registers and grow by outer products.

The right matrix is cut into blocks that fit the second cache, the sums into parts whose panel of
columns fits the first.
Source: Goto and van de Geijn, Anatomy of high-performance matrix multiplication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .packing import pack_columns, pack_rows
from .product import Matrices, ProductWriter, blocks, even_parts


@dataclass(frozen=True)
class Columns:
    """Panels of columns that lie side by side."""

    panels: int
    """How many there are."""
    count: int
    """Columns of each; fewer than the schedule's in the last."""


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
    full, left = divmod(n.extent, columns)
    if full:
        _write_columns(writer, at, Columns(full, columns))
    if left:
        done = str(full * columns)
        behind = writer.moved(at, done, rhs=n.rhs, out=n.out)
        _write_columns(writer.further(1, done), behind, Columns(1, left))


def _write_columns(writer: ProductWriter, at: Matrices, columns: Columns) -> None:
    product, text = writer.product, writer.text
    n, k = product.contraction.n, product.contraction.k
    size = product.schedule.columns
    at_once = product.schedule.width // size if product.is_rhs_packed else columns.panels
    with blocks(text, columns.panels, at_once) as (first, panels):
        block = writer.moved(at, first, rhs=n.rhs * size, out=n.out * size)
        writer = writer.further(1, first, size)
        with blocks(text, k.extent, product.schedule.depth) as (round, rounds):
            part = writer.moved(block, round, lhs=k.lhs, rhs=k.rhs)
            is_first = _is_first(writer, round)
            is_last = _is_last(writer, round, rounds)
            steps = Steps(product.contraction.m.lhs, k.lhs, k.rhs, n.rhs * size, is_first, is_last)
            if product.is_rhs_packed:
                pack_columns(writer, part.rhs, rounds, panels, columns.count)
                part = Matrices(part.lhs, "%work", part.out)
                steps = replace(steps, rhs_k=size, panel=product.panel)
            _write_rows(writer, part, steps, columns.count, panels, rounds)


def _is_first(writer: ProductWriter, round: str) -> str:
    if not writer.product.overwrites:
        return "false"
    return "true" if round == "0" else writer.text.assign(f"icmp eq i64 {round}, 0")


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
    product, text = writer.product, writer.text
    m = product.contraction.m
    for first, rows, many in even_parts(m.extent, product.schedule.rows):
        start = writer.moved(at, str(first), lhs=m.lhs, out=m.out)
        below = writer.further(0, str(first))
        if not product.is_lhs_packed:
            with text.loop(many) as loop:
                tile = writer.moved(start, loop.index, lhs=m.lhs * rows, out=m.out * rows)
                here = below.further(0, loop.index, rows)
                _write_panels(here, tile, tile.lhs, steps, rows, count, panels, rounds)
                here.finish(rows, panels, count, steps.is_last)
            continue
        with blocks(text, many, product.tiles) as (tile, tiles):
            block = writer.moved(start, tile, lhs=m.lhs * rows, out=m.out * rows)
            inner = below.further(0, tile, rows)
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
    sizes = [min(lanes, count - first) for first in range(0, count, lanes)]
    zero = 0.0 if writer.product.overwrites else -0.0
    start = [(vectors.type, vectors.constant(zero))] * (rows * len(sizes))
    outs = [writer.behind(at.out, str(i), writer.product.contraction.m.out) for i in range(rows)]
    for out in outs:
        vectors.prefetch(out, written=True)
    with writer.text.loop(rounds, start) as loop:
        lhs = writer.behind(at.lhs, loop.index, steps.lhs_k)
        rhs = writer.behind(at.rhs, loop.index, steps.rhs_k)
        # A copied panel has zeros behind its last column.
        whole = writer.product.is_rhs_packed
        row = [
            vectors.load(writer.behind(rhs, str(j), lanes), None if whole else size)
            for j, size in enumerate(sizes)
        ]
        loop.next = []
        for i in range(rows):
            factor = vectors.splat(writer.behind(lhs, str(i), steps.lhs_m))
            sums = loop.carried[i * len(sizes) : (i + 1) * len(sizes)]
            loop.next += [
                vectors.multiply_add(factor, column, sum)
                for column, sum in zip(row, sums, strict=True)
            ]
    places = [
        (writer.behind(out, str(j), lanes), size) for out in outs for j, size in enumerate(sizes)
    ]
    _finish_tile(writer, places, loop.next, steps.is_first)


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
