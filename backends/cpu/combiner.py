"""Reductions whose steps may be taken in any order: what combines, and from what to start.

A sum of many floats is made of sums over short spans, which are added with their rounding
errors kept beside: as exact as NumPy's pairwise sum, and better the longer it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod

from xdsl.dialects import arith
from xdsl.ir import Operation

from ...dialects import neutral
from ..llvm_ir.elements import Element, element_of
from .kernel import Kernel, Place
from .nest import Dimension, Nest

_INSTRUCTIONS: dict[type[Operation], str] = {arith.AddfOp: "fadd", arith.MulfOp: "fmul"}


@dataclass(frozen=True)
class Combiner(neutral.Combination):
    """How one output is reduced."""

    element: Element

    @property
    def register(self) -> str:
        """LLVM's type of the partial results; 16-bit floats are not rounded on the way."""
        return self.element.register

    @property
    def start(self) -> str:
        """The literal that changes nothing when it is combined."""
        if type(self.op) in neutral.FLOAT:
            return self.element.literal(neutral.FLOAT[type(self.op)])
        return self.element.literal(neutral.INTEGER[type(self.op)](self.element.bits))

    def combine(self, kernel: Kernel, lhs: str, rhs: str, flags: str = "") -> str:
        """Write one step."""
        instruction = _INSTRUCTIONS.get(type(self.op))
        if instruction is None:
            # Which of two zeros is greater is left open, as in NumPy: it takes half the time.
            zeros = "nsz " if isinstance(self.op, arith.MaximumfOp | arith.MinimumfOp) else ""
            return kernel.scalars.emit(self.op, [lhs, rhs], zeros)
        flags = flags if self.is_sum else ""
        return kernel.text.assign(f"{instruction} {flags}{self.register} {lhs}, {rhs}")

    def finish(self, kernel: Kernel, total: str, place: Place) -> None:
        """Write the last step, with what the output holds, and the store."""
        position, operand = kernel.output(self.output)
        before = kernel.load(place.pointers[position], operand)
        result = kernel.scalars.rounded(self.combine(kernel, before, total), self.element)
        kernel.store(result, place.pointers[position], operand)


def combiners_of(nest: Nest) -> list[Combiner] | None:
    """Return how each output is reduced, or None if the rounds have to be taken in order."""
    found = neutral.combinations_of(nest.op, nest.is_reduced)
    if found is None:
        return None
    return [Combiner(c.output, c.op, c.term, element_of(c.op.results[0].type)) for c in found]


def accumulate(
    kernel: Kernel, combiners: Sequence[Combiner], place: Place, state: Sequence[str]
) -> list[str]:
    """Write one round; return the new partial results."""
    flags: dict[Operation, str | None] = {combiner.op: None for combiner in combiners}
    for combiner in combiners:
        product = combiner.term.owner
        if combiner.is_sum and isinstance(product, arith.MulfOp):
            flags[product] = "contract "
    values = kernel.body(place, {combiner.output: "" for combiner in combiners}, flags)
    return [
        combiner.combine(kernel, partial, values[combiner.term], "reassoc contract ")
        for combiner, partial in zip(combiners, state, strict=True)
    ]


def two_sum(kernel: Kernel, register: str, total: str, error: str, more: str) -> tuple[str, str]:
    """Write a sum that keeps what its rounding loses; return total and error.

    Source: Ogita, Rump and Oishi, Accurate sum and dot product, algorithm 4.4.
    """
    write = kernel.text.assign
    new = write(f"fadd {register} {total}, {more}")
    added = write(f"fsub {register} {new}, {total}")
    kept = write(f"fsub {register} {new}, {added}")
    lost = write(f"fsub {register} {total}, {kept}")
    missed = write(f"fsub {register} {more}, {added}")
    both = write(f"fadd {register} {lost}, {missed}")
    return new, write(f"fadd {register} {error}, {both}")


def with_error(kernel: Kernel, register: str, total: str, error: str) -> str:
    """Write the total with its error; the error of an infinite total is nan and means nothing."""
    write = kernel.text.assign
    sum = write(f"fadd {register} {total}, {error}")
    nothing = write(f"fcmp uno {register} {error}, {error}")
    return write(f"select i1 {nothing}, {register} {total}, {register} {sum}")


def spans(
    kernel: Kernel,
    place: Place,
    dimensions: Sequence[Dimension],
    state: Sequence[tuple[str, str]],
    longest: int,
    fold: Callable[[Place, Sequence[Dimension], Sequence[str]], Sequence[str]],
) -> list[str]:
    """Write loops over parts of at most `longest` rounds; `fold` writes what each does.

    `state` are the types and values that `fold` is given and returns anew.
    """
    types = [type for type, _ in state]
    values = [value for _, value in state]
    if prod(d.extent for d in dimensions) <= longest:
        return list(fold(place, dimensions, values))
    first, rest = dimensions[0], dimensions[1:]
    inner = prod(d.extent for d in rest)
    if inner > longest:
        with kernel.loop(place, first, state) as (loop, inside):
            carried = list(zip(types, loop.carried, strict=True))
            loop.next = spans(kernel, inside, rest, carried, longest, fold)
        return loop.next
    chunk = longest // inner
    full, left = divmod(first.extent, chunk)
    with kernel.text.loop(full, state) as loop:
        inside = kernel.advance(place, first, loop.index, chunk)
        part = replace(first, extent=chunk)
        loop.next = list(fold(inside, [part, *rest], loop.carried))
    if not left:
        return loop.next
    behind = kernel.advance(place, first, str(full), chunk)
    return list(fold(behind, [replace(first, extent=left), *rest], loop.next))
