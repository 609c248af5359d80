"""A product of matrices that both have neighbours along the sums: vectors of terms are added."""

from __future__ import annotations

from ...dialects.split import COLUMNS, ROWS
from .product import Matrices, ProductWriter, blocks, even_parts

_VECTORS = 256
"""Vectors of terms that are added one by one; longer sums are made of such sums."""


def write_inner(writer: ProductWriter, at: Matrices) -> None:
    """Write the loops over tiles: columns outside, since there are more of them than rows."""
    text, n = writer.text, writer.product.contraction.n
    before = 0
    for first, columns, many in even_parts(n.extent, writer.product.schedule.columns):
        start = writer.moved(at, str(first), rhs=n.rhs, out=n.out)
        with writer.part(COLUMNS, before, many) as (strip, strips), text.loop(strips) as loop:
            here = writer.moved(start, strip, rhs=n.rhs * columns, out=n.out * columns)
            here = writer.moved(here, loop.index, rhs=n.rhs * columns, out=n.out * columns)
            _write_strip(writer, here, columns)
        before += many


def _write_strip(writer: ProductWriter, at: Matrices, columns: int) -> None:
    """Write the loops over the tiles one below the other."""
    m, before = writer.product.contraction.m, 0
    for first, rows, many in even_parts(m.extent, writer.product.schedule.rows):
        start = writer.moved(at, str(first), lhs=m.lhs, out=m.out)
        with writer.part(ROWS, before, many) as (top, tiles), writer.text.loop(tiles) as loop:
            here = writer.moved(start, top, lhs=m.lhs * rows, out=m.out * rows)
            tile = writer.moved(here, loop.index, lhs=m.lhs * rows, out=m.out * rows)
            _write_sums(writer, tile, rows, columns)
        before += many


def _write_sums(writer: ProductWriter, at: Matrices, rows: int, columns: int) -> None:
    vectors, text = writer.vectors, writer.text
    full, left = divmod(writer.product.contraction.k.extent, vectors.lanes)
    start = [(vectors.type, vectors.constant(-0.0))] * (rows * columns)
    if full:
        with blocks(text, full, _VECTORS) as (first, many):
            part = writer.moved(at, first, lhs=vectors.lanes, rhs=vectors.lanes)
            with text.loop(many, start) as loop:
                here = writer.moved(part, loop.index, lhs=vectors.lanes, rhs=vectors.lanes)
                loop.next = _round(writer, here, rows, columns, loop.carried)
            _add(writer, at, columns, loop.next)
    if left:
        behind = writer.moved(at, str(full), lhs=vectors.lanes, rhs=vectors.lanes)
        sums = [value for _, value in start]
        _add(writer, at, columns, _round(writer, behind, rows, columns, sums, left))


def _round(
    writer: ProductWriter,
    at: Matrices,
    rows: int,
    columns: int,
    sums: list[str],
    count: int | None = None,
) -> list[str]:
    """Write the products of one vector of terms, added to the sums of a tile."""
    vectors = writer.vectors
    m, n = writer.product.contraction.m, writer.product.contraction.n
    rhs = [vectors.load(writer.behind(at.rhs, str(j), n.rhs), count) for j in range(columns)]
    after: list[str] = []
    for i in range(rows):
        lhs = vectors.load(writer.behind(at.lhs, str(i), m.lhs), count)
        after += [
            vectors.multiply_add(lhs, right, sums[i * columns + j]) for j, right in enumerate(rhs)
        ]
    return after


def _add(writer: ProductWriter, at: Matrices, columns: int, sums: list[str]) -> None:
    """Write the sums of the vectors' elements, added to what is there."""
    text, kernel, out = writer.text, writer.kernel, writer.product.out
    m, n = writer.product.contraction.m, writer.product.contraction.n
    for number, value in enumerate(sums):
        i, j = divmod(number, columns)
        place = writer.behind(at.out, str(i * m.out + j * n.out), 1)
        total = writer.vectors.total(value)
        sum = text.assign(f"fadd {out.buffer.element.register} {kernel.load(place, out)}, {total}")
        kernel.store(sum, place, out)
