"""Reductions along neighbouring elements: the partial results stay in registers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from math import prod

from .combiner import Combiner, accumulate, spans, two_sum, with_error
from .kernel import Kernel, Place
from .nest import Dimension
from .rounds import Round, accumulator, round_of
from .vector_loops import VectorLoop, reduce_vectors

LONG_BYTES, SHORT = 2048, 32
"""What is added without keeping errors: bytes, where LLVM spreads them over the lanes of four
vectors (a lane of 32-byte vectors adds 16 numbers, as in NumPy); else rounds, one by one."""
_BYTES = {"float": 4, "double": 8}


def write_rows(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    place: Place,
    parallel: Sequence[Dimension],
    reductions: Sequence[Dimension],
    along: Dimension,
) -> None:
    """Write the loops of a reduction, that over `along` innermost."""
    order = [*(d for d in reductions if d is not along), along]
    round = _round(kernel, combiners, along)
    kernel.is_finished = round is not None
    with ExitStack() as stack:
        for dimension in parallel:
            _, place = stack.enter_context(kernel.loop(place, dimension))
        longest = _longest(combiners) if _is_vectorised(kernel, along) else SHORT
        rounds = prod(d.extent for d in order)
        if rounds > longest and any(combiner.is_sum for combiner in combiners):
            totals = _in_spans(kernel, combiners, place, order, round, longest)
        else:
            totals = _at_once(kernel, combiners, place, order, round, [c.start for c in combiners])
        for combiner, total in zip(combiners, totals, strict=True):
            combiner.finish(kernel, total, place)


def _is_vectorised(kernel: Kernel, along: Dimension) -> bool:
    near = all(abs(step) <= 1 for step in along.steps)
    return near and all(kernel.scalars.is_vectorised(op) for op in kernel.nest.op.body.block.ops)


def _round(kernel: Kernel, combiners: Sequence[Combiner], along: Dimension) -> Round | None:
    state = [accumulator(number) for number in range(len(combiners))]

    def write(inner: Kernel, place: Place) -> list[str]:
        return accumulate(inner, combiners, place, state)

    return round_of(kernel, along, write, [combiner.register for combiner in combiners])


def _of_vectors(kernel: Kernel, combiners: Sequence[Combiner], loop: VectorLoop) -> list[str]:
    combine: list[tuple[Sequence[str], str]] = []
    for combiner in combiners:
        inner = Kernel(kernel.nest, kernel.constants, kernel.scalars.instructions)
        operands = accumulator(0), accumulator(1)
        result = combiner.combine(inner, *operands, "reassoc contract ")
        combine.append((inner.text.lines, result))
    return reduce_vectors(loop, combine, [(c.register, c.start) for c in combiners])


def _longest(combiners: Sequence[Combiner]) -> int:
    return LONG_BYTES // max((_BYTES[c.register] for c in combiners if c.is_sum), default=1)


def _at_once(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    place: Place,
    dimensions: Sequence[Dimension],
    round: Round | None,
    state: Sequence[str],
) -> list[str]:
    if not dimensions:
        return accumulate(kernel, combiners, place, state)
    if round is not None and len(dimensions) == 1:
        totals = _of_vectors(kernel, combiners, VectorLoop(kernel, dimensions[0], round, place))
        return [
            combiner.combine(kernel, before, total)
            for combiner, before, total in zip(combiners, state, totals, strict=True)
        ]
    typed = [(c.register, value) for c, value in zip(combiners, state, strict=True)]
    with kernel.loop(place, dimensions[0], typed) as (loop, inside):
        loop.next = _at_once(kernel, combiners, inside, dimensions[1:], round, loop.carried)
    return loop.next


def _in_spans(
    kernel: Kernel,
    combiners: Sequence[Combiner],
    place: Place,
    dimensions: Sequence[Dimension],
    round: Round | None,
    longest: int,
) -> list[str]:
    """Write a reduction whose state is the totals, and behind them the errors of the sums."""
    starts = [combiner.start for combiner in combiners]

    def fold(place: Place, part: Sequence[Dimension], state: Sequence[str]) -> list[str]:
        totals, errors = list(state[: len(combiners)]), list(state[len(combiners) :])
        partials = _at_once(kernel, combiners, place, part, round, starts)
        for n, (combiner, partial) in enumerate(zip(combiners, partials, strict=True)):
            if combiner.is_sum:
                totals[n], errors[n] = two_sum(
                    kernel, combiner.register, totals[n], errors[n], partial
                )
            else:
                totals[n] = combiner.combine(kernel, totals[n], partial)
        return [*totals, *errors]

    state = [(combiner.register, combiner.start) for combiner in combiners]
    last = spans(kernel, place, dimensions, [*state, *state], longest, fold)
    totals, errors = last[: len(combiners)], last[len(combiners) :]
    return [
        with_error(kernel, combiner.register, total, error) if combiner.is_sum else total
        for combiner, total, error in zip(combiners, totals, errors, strict=True)
    ]
