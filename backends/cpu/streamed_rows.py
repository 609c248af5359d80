"""A vector times a matrix: some rows of the matrix at a time are added to the result.

The matrix is read once, from end to end, which is what takes the time.
"""

from __future__ import annotations

from ...dialects.split import COLUMNS
from .product import Matrices, ProductWriter, blocks


def write_streamed(writer: ProductWriter, at: Matrices) -> None:
    """Write the loops: columns in blocks that the first cache holds, then groups of rows."""
    text, schedule, lanes = writer.text, writer.product.schedule, writer.vectors.lanes
    k, n = writer.product.contraction.k, writer.product.contraction.n
    full, left = divmod(n.extent, lanes)
    groups, rest = divmod(k.extent, schedule.rows)

    def stripe(here: Matrices, vectors: int | str, count: int) -> None:
        if groups:
            with text.loop(groups) as loop:
                moved = writer.moved(
                    here, loop.index, lhs=k.lhs * schedule.rows, rhs=k.rhs * schedule.rows
                )
                _add_rows(writer, moved, schedule.rows, vectors, count)
        if rest:
            done = str(groups * schedule.rows)
            behind = writer.moved(here, done, lhs=k.lhs, rhs=k.rhs)
            _add_rows(writer, behind, rest, vectors, count)

    if full:
        with writer.part(COLUMNS, 0, full) as (begin, all):
            here = writer.moved(at, begin, rhs=lanes, out=lanes)
            with blocks(text, all, max(schedule.width // lanes, 1)) as (first, many):
                stripe(writer.moved(here, first, rhs=lanes, out=lanes), many, lanes)
    if left:
        with writer.part(COLUMNS, full, 1):
            stripe(writer.moved(at, str(full), rhs=lanes, out=lanes), 1, left)


def _add_rows(
    writer: ProductWriter, at: Matrices, rows: int, vectors: int | str, count: int
) -> None:
    """Write the sum of some rows, each times its factor, added to the result."""
    instructions, k = writer.vectors, writer.product.contraction.k
    factors = [instructions.splat(writer.behind(at.lhs, str(row), k.lhs)) for row in range(rows)]
    with writer.text.loop(vectors) as loop:
        lanes = instructions.lanes
        here = writer.moved(at, loop.index, rhs=lanes, out=lanes)
        sum = instructions.constant(-0.0)
        for row, factor in enumerate(factors):
            value = instructions.load(writer.behind(here.rhs, str(row), k.rhs), count)
            sum = instructions.multiply_add(factor, value, sum)
        before = instructions.load(here.out, count)
        instructions.store(instructions.add(before, sum), here.out, count)
