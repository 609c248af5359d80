"""Elementwise loops of which the result has other neighbours than what is read: transpositions.

They go through squares whose lines all stay in the first cache, so that each is read and written
from end to end while it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from math import gcd

from .kernel import Kernel, Place
from .nest import Dimension, Nest, innermost

SIDE = 16
"""Elements of a square's side: a line of 32-bit numbers."""
_PAGE, _LINE, _HALF = 4096, 64, 4
"""Bytes; a line's place in its page says where in the first cache it may be, half of which is at
least so many lines for each place."""


def write_turned(
    kernel: Kernel, place: Place, parallel: Sequence[Dimension], write: Callable[[Place], object]
) -> bool:
    """Write the loops around what `write` does for an element, square by square.

    Returns whether that pays; else nothing is written.
    """
    along = innermost(kernel.nest, parallel) if parallel else None
    across = None if along is None else across_of(kernel.nest, parallel, along)
    if along is None or across is None:
        return False
    with ExitStack() as stack:
        for dimension in parallel:
            if dimension is not along and dimension is not across:
                _, place = stack.enter_context(kernel.loop(place, dimension))
        _write_blocks(kernel, place, [across, along], [], write)
    return True


def across_of(nest: Nest, parallel: Sequence[Dimension], along: Dimension) -> Dimension | None:
    """Return the loop whose rounds are neighbours in an input that `along` goes across.

    None if all lines that `along` goes through are in the cache when that loop's next round reads
    them.
    """
    if any(step != 1 for step in along.steps[nest.inputs :]):
        return None
    for n, operand in enumerate(nest.operands[: nest.inputs]):
        step = 0 if operand is None else abs(along.steps[n]) * operand.buffer.element.bytes
        if step < _LINE or along.extent <= _HALF * min(_PAGE // gcd(step, _PAGE), _PAGE // _LINE):
            continue
        for dimension in parallel:
            if dimension.steps[n] == 1 and dimension.extent >= SIDE // 2:
                return dimension
    return None


def _write_blocks(
    kernel: Kernel,
    place: Place,
    dimensions: Sequence[Dimension],
    parts: Sequence[Dimension],
    write: Callable[[Place], object],
) -> None:
    """Write loops over parts of some dimensions, then over the rounds of these, outside first."""
    if not dimensions:
        with ExitStack() as stack:
            for part in parts:
                _, place = stack.enter_context(kernel.loop(place, part))
            write(place)
        return
    first, rest = dimensions[0], dimensions[1:]
    full, left = divmod(first.extent, SIDE)
    if full:
        with kernel.text.loop(full) as loop:
            inside = kernel.advance(place, first, loop.index, SIDE)
            part = replace(first, extent=SIDE)
            _write_blocks(kernel, inside, rest, [*parts, part], write)
    if left:
        behind = kernel.advance(place, first, str(full), SIDE)
        part = replace(first, extent=left)
        _write_blocks(kernel, behind, rest, [*parts, part], write)
