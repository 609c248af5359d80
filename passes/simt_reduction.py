"""Reductions whose rounds may be taken in any order, by the threads of a block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from xdsl.ir import SSAValue

from ..dialects.simt.schedule import Schedule
from .scalar_ops import ScalarOps
from .simt_block_reduction import BlockReduction
from .simt_combiners import Combiner, combined, combiners_of, tree, two_sum, with_error
from .simt_kernel import Kernels
from .simt_nests import Nest
from .simt_product_ops import Number, Values
from .simt_reduction_parts import InParts
from .simt_reduction_schedule import sorted_nest

_SPAN = 8
"""Rounds of which the errors of sums are not kept."""
_LONG = 16
"""A thread's rounds of a sum that keeps its errors are more."""


def lower_reduction(nest: Nest, schedule: Schedule, kernels: Kernels) -> None:
    """Replace a reduction by a kernel, or by two."""
    nest = sorted_nest(nest)
    combiners = _combiners(nest)
    if schedule["parts"] <= 1:
        Reduction(nest, schedule, starts=kernels.starts_of(nest)).write(kernels)
        return
    types = [combiner.type for combiner in combiners]

    def body(ops: ScalarOps, partials: Values, totals: Values) -> Values:
        pairs = zip(combiners, totals, partials, strict=True)
        return [ops.emit(type(c.op), c.type, total, more) for c, total, more in pairs]

    parts = InParts(nest, types, schedule["parts"], body)
    Reduction(nest, schedule, parts.memories).write(kernels)
    starts = parts.moved(kernels.starts_of(nest))
    Reduction(parts.nest, parts.schedule(), before=nest.op, starts=starts).write(kernels)
    parts.free()


def _combiners(nest: Nest) -> list[Combiner]:
    combiners = combiners_of(nest)
    assert combiners is not None, "a schedule is only of what can be reduced in any order"
    return combiners


class Reduction(BlockReduction):
    """One kernel. A state is the partial results of all outputs, of `width` neighbours each."""

    @cached_property
    def combiners(self) -> list[Combiner]:
        """How each output is reduced."""
        return _combiners(self.nest)

    def start(self, rounds: Sequence[Number]) -> Values:
        """Return what changes nothing."""
        return [c.start(self.ops) for c in self.combiners for _ in range(self.width)]

    def of_thread(self, state: Values) -> Values:
        """Append the combination of neighbours."""
        many = self.width
        return [
            tree(self.ops, combiner, state[n * many : (n + 1) * many])
            for n, combiner in enumerate(self.combiners)
        ]

    def in_order(
        self, count: int, step: Callable[[Number, Values], Values], start: Values
    ) -> Values:
        """Append a thread's rounds; long sums keep their errors."""
        if count > _LONG and any(c.is_sum for c in self.combiners):
            return self._in_spans(count, step, start)
        return super().in_order(count, step, start)

    def round(self, rounds: Sequence[Number], number: Number, state: Values) -> Values:
        """Append one round, of `width` neighbours."""
        ops, nest, body = self.ops, self.nest, self.body
        places = [*rounds, *self.taken(number)]
        arguments: list[dict[int, SSAValue]] = [{} for _ in range(self.width)]
        for position in range(nest.inputs):
            if nest.places[position] is None or not body.is_used(position):
                continue
            for lane, value in enumerate(self.loaded(position, places)):
                arguments[lane][position] = value
        skipped = [combiner.op for combiner in self.combiners]
        given: list[SSAValue] = []
        many = self.width
        values = [body.values(known, {}, skipped) for known in arguments]
        for n, combiner in enumerate(self.combiners):
            for lane in range(many):
                term = combiner.partial(ops, values[lane][combiner.term])
                given.append(combiner.combine(ops, state[n * many + lane], term))
        return given

    def combined(self, state: Values, other: Values) -> Values:
        """Append the combination of two partial results of each output."""
        return combined(self.ops, self.combiners, state, other)

    def finish(self, totals: Values, rounds: Sequence[Number]) -> None:
        """Append the stores of results, combined with what is there."""
        ops, body = self.ops, self.body
        for combiner, total in zip(self.combiners, totals, strict=True):
            index = body.index(combiner.position, self.nest.parallel, rounds)
            before = combiner.partial(ops, self.before_all(combiner.position, index))
            result = combiner.combine(ops, before, total)
            place = body.place(combiner.position)
            value = replace(combiner, element=place.element).element_of(ops, result)
            body.store(combiner.position, index, [value])

    def _in_spans(
        self, whole: int, step: Callable[[Number, Values], Values], start: Values
    ) -> Values:
        """Append a long reduction: sums of spans are added with their errors beside them."""
        ops = self.ops
        sums = [c.is_sum for c in self.combiners for _ in range(self.width)]
        owners = [c for c in self.combiners for _ in range(self.width)]

        def span(length: int, first: Number, state: Values) -> Values:
            totals, errors = list(state[: len(start)]), list(state[len(start) :])
            partial = ops.loop(
                length, start, lambda round, values: step(ops.add(first, round), values)
            )
            for n, more in enumerate(partial):
                if sums[n]:
                    totals[n], errors[n] = two_sum(ops, totals[n], errors[n], more)
                else:
                    totals[n] = owners[n].combine(ops, totals[n], more)
            return [*totals, *errors]

        spans, left = divmod(whole, _SPAN)
        state: Values = [*start, *start]
        state = ops.loop(
            spans, state, lambda n, values: span(_SPAN, ops.multiply(n, _SPAN), values)
        )
        if left:
            state = span(left, spans * _SPAN, state)
        totals, errors = state[: len(start)], state[len(start) :]
        return [
            with_error(ops, total, error) if is_sum else total
            for total, error, is_sum in zip(totals, errors, sums, strict=True)
        ]
