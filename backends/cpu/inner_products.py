"""A product of matrices that both have neighbours along the sums: vectors of terms are added."""

from __future__ import annotations

from .product import Matrices, ProductWriter, blocks, even_parts

_VECTORS = 256
"""Vectors of terms that are added one by one; longer sums are made of such sums."""


def write_inner(writer: ProductWriter, at: Matrices) -> None:
    """Write the loops over tiles: columns outside, since there are more of them than rows."""
    text, schedule = writer.text, writer.product.schedule
    m, n = writer.product.contraction.m, writer.product.contraction.n
    for first, columns, many in even_parts(n.extent, schedule.columns):
        start = writer.moved(at, str(first), rhs=n.rhs, out=n.out)
        with text.loop(many) as loop:
            strip = writer.moved(start, loop.index, rhs=n.rhs * columns, out=n.out * columns)
            for top, rows, times in even_parts(m.extent, schedule.rows):
                begin = writer.moved(strip, str(top), lhs=m.lhs, out=m.out)
                with text.loop(times) as inner:
                    tile = writer.moved(begin, inner.index, lhs=m.lhs * rows, out=m.out * rows)
                    _write_sums(writer, tile, rows, columns)


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
