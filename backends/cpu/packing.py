"""Copies of parts of matrices, in the order in which tiles read them."""

from __future__ import annotations

from collections.abc import Callable

from ..llvm_ir.elements import Element
from .nest import Operand
from .product import ROOM, ProductWriter


def pack_columns(
    writer: ProductWriter, source: str, rounds: int | str, panels: int | str, count: int
) -> None:
    """Write a copy of `rounds` rows of each panel of columns, one row behind another.

    A panel has room for all columns of a tile; behind `count` there are zeros.
    """
    product = writer.product
    n, k = product.contraction.n, product.contraction.k
    if product.rhs.buffer.element.is_narrow:
        _pack_converted(writer, source, rounds, panels, count)
    elif n.rhs == 1:
        _pack_neighbours(writer, source, rounds, panels, count)
    elif k.rhs == 1 and count == product.schedule.columns:
        _pack_transposed(writer, source, rounds, panels)
    else:
        _pack_converted(writer, source, rounds, panels, count)


def _pack_neighbours(
    writer: ProductWriter, source: str, rounds: int | str, panels: int | str, count: int
) -> None:
    """Write a copy of vectors; the rows are read from end to end."""
    product, text, vectors = writer.product, writer.text, writer.vectors
    columns, lanes = product.schedule.columns, vectors.lanes
    with text.loop(rounds) as row:
        start = writer.behind(source, row.index, product.contraction.k.rhs)
        target = writer.behind("%work", row.index, columns)
        with text.loop(panels) as panel:
            here = writer.behind(start, panel.index, columns)
            there = writer.behind(target, panel.index, product.panel)
            for first in range(0, count, lanes):
                value = vectors.load(writer.behind(here, str(first), 1), min(lanes, count - first))
                vectors.store(value, writer.behind(there, str(first), 1))


def _pack_transposed(
    writer: ProductWriter, source: str, rounds: int | str, panels: int | str
) -> None:
    """Write a copy of columns whose elements are neighbours: squares are transposed."""
    product, text, vectors = writer.product, writer.text, writer.vectors
    columns, lanes, step = product.schedule.columns, vectors.lanes, product.contraction.n.rhs
    with text.loop(panels) as panel:
        start = writer.behind(source, panel.index, step * columns)
        target = writer.behind("%work", panel.index, product.panel)
        full = _quotient(writer, rounds, lanes)

        def squares() -> None:
            with text.loop(full) as square:
                here = writer.behind(start, square.index, lanes)
                there = writer.behind(target, square.index, lanes * columns)
                for first in range(0, columns, lanes):
                    rows = [
                        vectors.load(writer.behind(here, str(first + n), step))
                        for n in range(lanes)
                    ]
                    for n, row in enumerate(vectors.transposed(rows)):
                        vectors.store(row, writer.behind(there, str(n * columns + first), 1))

        def rest() -> None:
            done = _times(writer, full, lanes)
            with text.loop(_minus(writer, rounds, done)) as row:
                here = writer.behind(writer.behind(start, done, 1), row.index, 1)
                there = writer.behind(writer.behind(target, done, columns), row.index, columns)
                _copy(writer, product.rhs, (here, step), (there, 1), columns)

        _if_positive(writer, full, squares)
        _if_positive(writer, _minus(writer, rounds, _times(writer, full, lanes)), rest)


def _pack_converted(
    writer: ProductWriter, source: str, rounds: int | str, panels: int | str, count: int
) -> None:
    """Write a copy of single elements, which are converted to the type of the sum."""
    product, text, vectors = writer.product, writer.text, writer.vectors
    n, k = product.contraction.n, product.contraction.k
    columns, lanes = product.schedule.columns, vectors.lanes
    memory = product.rhs.buffer.element.memory
    with text.loop(panels) as panel:
        start = text.offset(source, memory, panel.index, n.rhs * columns)
        target = writer.behind("%work", panel.index, product.panel)
        with text.loop(rounds) as row:
            here = text.offset(start, memory, row.index, k.rhs)
            there = writer.behind(target, row.index, columns)
            if count % lanes:
                last = writer.behind(there, str(count // lanes * lanes), 1)
                vectors.store(vectors.constant(0.0), last)
            _copy(writer, product.rhs, (here, n.rhs), (there, 1), count)


def pack_rows(
    writer: ProductWriter,
    source: str,
    target: str,
    rows: int,
    tiles: int | str,
    rounds: int | str,
) -> tuple[int, int]:
    """Write a copy of the rows of tiles on the left; return a tile's steps along `m` and `k`."""
    product, text = writer.product, writer.text
    m, k, element = product.contraction.m, product.contraction.k, product.lhs.buffer.element
    if m.lhs == 1 and not element.is_narrow:
        part = f"<{rows} x {element.register}>"
        with text.loop(rounds) as loop, text.loop(tiles) as tile:
            here = writer.behind(writer.behind(source, loop.index, k.lhs), tile.index, rows)
            there = writer.behind(target, loop.index, rows)
            there = writer.behind(there, tile.index, product.tile)
            value = text.assign(f"load {part}, ptr {here}, align {element.bytes}")
            text.emit(f"store {part} {value}, ptr {there}, align {element.bytes}")
        return 1, rows
    length = product.schedule.depth + ROOM
    with text.loop(tiles) as tile, text.loop(rows) as loop:
        here = text.offset(source, element.memory, tile.index, m.lhs * rows)
        here = text.offset(here, element.memory, loop.index, m.lhs)
        there = writer.behind(target, tile.index, product.tile)
        there = writer.behind(there, loop.index, length)
        _copy(writer, product.lhs, (here, k.lhs), (there, 1), rounds)
    return length, 1


def _copy(
    writer: ProductWriter,
    operand: Operand,
    source: tuple[str, int],
    target: tuple[str, int],
    count: int | str,
) -> None:
    """Write a loop that copies single elements; LLVM makes vectors of neighbours."""
    text, memory = writer.text, operand.buffer.element.memory
    sum: Element = writer.vectors.element
    with text.loop(count) as loop:
        here = text.offset(source[0], memory, loop.index, source[1])
        value = writer.kernel.load(here, operand)
        there = writer.behind(target[0], loop.index, target[1])
        text.emit(f"store {sum.register} {value}, ptr {there}, align {sum.bytes}")


def _quotient(writer: ProductWriter, value: int | str, divisor: int) -> int | str:
    if isinstance(value, int):
        return value // divisor
    return writer.text.assign(f"udiv i64 {value}, {divisor}")


def _times(writer: ProductWriter, value: int | str, factor: int) -> str:
    return str(value * factor) if isinstance(value, int) else writer.text.scaled(value, factor)


def _minus(writer: ProductWriter, value: int | str, other: str) -> int | str:
    if isinstance(value, int):
        return value - int(other)
    return writer.text.assign(f"sub nsw i64 {value}, {other}")


def _if_positive(writer: ProductWriter, count: int | str, write: Callable[[], None]) -> None:
    """Write what is done where a count is not zero."""
    if isinstance(count, int):
        if count:
            write()
        return
    text = writer.text
    some, end = text.labels("some", "end")
    test = text.assign(f"icmp ne i64 {count}, 0")
    text.emit(f"br i1 {test}, label %{some}, label %{end}")
    text.start(some)
    write()
    text.emit(f"br label %{end}")
    text.start(end)
