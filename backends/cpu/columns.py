"""Reductions across neighbouring elements: a strip of outputs is reduced side by side."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import prod

from .combiner import Combiner, accumulate, spans, two_sum, with_error
from .kernel import Kernel, Place
from .nest import Dimension

WIDTH = 64
"""Outputs of a strip: enough for the lanes of a few vectors."""
SPAN, SHORT = 32, 128
"""Rounds of which a sum's errors are not kept; a sum of at most `SHORT` keeps none."""


@dataclass(frozen=True)
class _Strip:
    """Variables for partial results, one array for each output."""

    totals: list[str]
    partials: list[str]
    errors: list[str]


def write_columns(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    place: Place,
    parallel: Sequence[Dimension],
    reductions: Sequence[Dimension],
    along: Dimension,
    is_shared: bool = False,
) -> None:
    """Write the loops of a reduction, that over the outputs along `along` innermost.

    Threads share its strips if `is_shared`.
    """
    width = min(WIDTH, along.extent)
    full, left = divmod(along.extent, width)
    is_long = prod(d.extent for d in reductions) > SHORT
    keeps_errors = is_long and any(combiner.is_sum for combiner in combiners)

    def variables() -> list[str]:
        return [kernel.text.allocate(f"[{width} x {c.register}]") for c in combiners]

    totals = variables()
    strip = _Strip(totals, variables(), variables()) if keeps_errors else _Strip(totals, totals, [])
    with ExitStack() as stack:
        for dimension in parallel:
            if dimension is not along:
                _, place = stack.enter_context(kernel.loop(place, dimension))
        with kernel.text.part_if(is_shared, 0, full) as (first, strips):
            start = kernel.advance(place, along, first, width)
            with kernel.text.loop(strips) as loop:
                inside = kernel.advance(start, along, loop.index, width)
                part = replace(along, extent=width)
                _write_strip(kernel, combiners, inside, part, reductions, strip)
        if left:
            with kernel.text.part_if(is_shared, full, 1):
                behind = kernel.advance(place, along, str(full), width)
                part = replace(along, extent=left)
                _write_strip(kernel, combiners, behind, part, reductions, strip)


def _write_strip(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    place: Place,
    along: Dimension,
    reductions: Sequence[Dimension],
    strip: _Strip,
) -> None:
    starts = [combiner.start for combiner in combiners]
    _fill(kernel, combiners, along, strip.totals, starts)
    if strip.errors:
        _fill(kernel, combiners, along, strip.errors, starts)

        def fold(place: Place, part: Sequence[Dimension], _: Sequence[str]) -> list[str]:
            _fill(kernel, combiners, along, strip.partials, starts)
            _accumulate(kernel, combiners, place, along, part, strip.partials)
            _add_partials(kernel, combiners, along, strip)
            return []

        spans(kernel, place, reductions, [], SPAN, fold)
    else:
        _accumulate(kernel, combiners, place, along, reductions, strip.totals)
    _finish(kernel, combiners, place, along, strip)


def _fill(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    along: Dimension,
    variables: Sequence[str],
    values: Sequence[str],
) -> None:
    with kernel.text.loop(along.extent) as loop:
        for combiner, variable, value in zip(combiners, variables, values, strict=True):
            _put(kernel, combiner, variable, loop.index, value)


def _accumulate(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    place: Place,
    along: Dimension,
    reductions: Sequence[Dimension],
    variables: Sequence[str],
) -> None:
    with ExitStack() as stack:
        for dimension in reductions:
            _, place = stack.enter_context(kernel.loop(place, dimension))
        with kernel.loop(place, along) as (loop, inside):
            state = [
                _get(kernel, combiner, variable, loop.index)
                for combiner, variable in zip(combiners, variables, strict=True)
            ]
            after = accumulate(kernel, combiners, inside, state)
            for combiner, variable, value in zip(combiners, variables, after, strict=True):
                _put(kernel, combiner, variable, loop.index, value)


def _add_partials(
    kernel: Kernel, combiners: Sequence[Combiner], along: Dimension, strip: _Strip
) -> None:
    with kernel.text.loop(along.extent) as loop:
        for n, combiner in enumerate(combiners):
            total = _get(kernel, combiner, strip.totals[n], loop.index)
            partial = _get(kernel, combiner, strip.partials[n], loop.index)
            if combiner.is_sum:
                error = _get(kernel, combiner, strip.errors[n], loop.index)
                total, error = two_sum(kernel, combiner.register, total, error, partial)
                _put(kernel, combiner, strip.errors[n], loop.index, error)
            else:
                total = combiner.combine(kernel, total, partial)
            _put(kernel, combiner, strip.totals[n], loop.index, total)


def _finish(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    place: Place,
    along: Dimension,
    strip: _Strip,
) -> None:
    with kernel.loop(place, along) as (loop, inside):
        for n, combiner in enumerate(combiners):
            total = _get(kernel, combiner, strip.totals[n], loop.index)
            if strip.errors and combiner.is_sum:
                error = _get(kernel, combiner, strip.errors[n], loop.index)
                total = with_error(kernel, combiner.register, total, error)
            combiner.finish(kernel, total, inside)


def _get(kernel: Kernel, combiner: Combiner, variable: str, index: str) -> str:
    address = kernel.text.offset(variable, combiner.register, index, 1)
    return kernel.text.assign(f"load {combiner.register}, ptr {address}")


def _put(kernel: Kernel, combiner: Combiner, variable: str, index: str, value: str) -> None:
    address = kernel.text.offset(variable, combiner.register, index, 1)
    kernel.text.emit(f"store {combiner.register} {value}, ptr {address}")
