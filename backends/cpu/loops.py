"""The order of a kernel's loops: elementwise, reductions along rows or columns, and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from xdsl.ir import SSAValue

from .best_place import best_place_of, write_best_place
from .columns import write_columns
from .combiner import combiners_of
from .contraction import product_of, write_contraction
from .epilogue import Follower, Tail, touched_by
from .instructions import Instructions
from .kernel import Kernel, Place
from .nest import Dimension, Nest, innermost, pointers
from .rows import write_rows

_SHORT = 100
"""Lines; a longer function is not copied to where it is called."""


@dataclass(frozen=True)
class KernelText:
    """An LLVM function without its name, and what it needs beside it."""

    parameters: tuple[str, ...]
    body: str
    definitions: tuple[str, ...]
    declarations: tuple[str, ...]
    inlining: str
    """LLVM's attribute: what computes single numbers takes less time than its call."""
    workspace: int = 0
    """Bytes of memory that the last parameter is the address of, if it needs any."""


def write_kernel(
    nest: Nest,
    constants: Mapping[SSAValue, str],
    instructions: Instructions,
    tails: Sequence[Tail] = (),
) -> KernelText:
    """Return the function of a `linalg.generic`; `constants` are the scalars it uses.

    What `tails` need is behind the op's parameters.
    """
    kernel = Kernel(nest, constants, instructions)
    product = product_of(nest)
    if product is not None:
        write_contraction(kernel, kernel.start(), product, tails)
    else:
        _write_loops(kernel, kernel.start())
    kernel.text.emit("ret void")
    workspace = 0 if product is None else product.workspace
    work = ["ptr noalias nocapture align 64 %work"] if workspace else []
    return KernelText(
        (*pointers([*nest.touched(), *touched_by(tails)]), *work),
        kernel.text.body(),
        tuple(kernel.scalars.definitions),
        tuple(kernel.scalars.declarations),
        "noinline" if nest.dimensions or len(kernel.text.lines) > _SHORT else "alwaysinline",
        workspace,
    )


def write_follower(
    follower: Follower, columns: int, constants: Mapping[SSAValue, str], instructions: Instructions
) -> KernelText:
    """Return the function that does a part of what follows a product, panels of such columns."""
    kernel = follower.write(columns, constants, instructions)
    return KernelText(
        (*pointers(follower.touched()), "i64 %rows", "i64 %panels"),
        kernel.text.body(),
        tuple(kernel.scalars.definitions),
        tuple(kernel.scalars.declarations),
        "noinline",
    )


def _write_loops(kernel: Kernel, place: Place) -> None:
    nest = kernel.nest
    parallel = [d for d in nest.dimensions if not d.is_reduction]
    reductions = [d for d in nest.dimensions if d.is_reduction]
    if not reductions:
        _write_elementwise(kernel, place, parallel)
        return
    combiners = combiners_of(nest)
    best = best_place_of(nest) if combiners is None else None
    if combiners is not None:
        along = innermost(nest, nest.dimensions)
        write = write_rows if along.is_reduction else write_columns
        write(kernel, combiners, place, parallel, reductions, along)
    elif best is not None:
        write_best_place(kernel, best, place, parallel)
    else:
        _write_in_order(kernel, place, parallel, reductions)


def _write_elementwise(kernel: Kernel, place: Place, parallel: Sequence[Dimension]) -> None:
    """Write loops in which no round needs another's result; neighbours are innermost."""
    order = list(parallel)
    if order:
        last = innermost(kernel.nest, order)
        order = [*(d for d in order if d is not last), last]
    with ExitStack() as stack:
        for dimension in order:
            _, place = stack.enter_context(kernel.loop(place, dimension))
        values = kernel.body(place, {})
        for number, value in enumerate(kernel.yielded()):
            position, operand = kernel.output(number)
            kernel.store(values[value], place.pointers[position], operand)


def _write_in_order(
    kernel: Kernel, place: Place, parallel: Sequence[Dimension], reductions: Sequence[Dimension]
) -> None:
    """Write a reduction that may not be reordered: argmax, or one whose steps are stored too."""
    with ExitStack() as stack:
        for dimension in parallel:
            _, place = stack.enter_context(kernel.loop(place, dimension))
        outputs = range(len(kernel.nest.op.outputs))
        kept = [number for number in outputs if kernel.nest.is_reduced(number)]
        first: list[str] = []
        for number in kept:
            position, operand = kernel.output(number)
            first.append(kernel.load(place.pointers[position], operand))
        last = _rounds_in_order(kernel, place, reductions, kept, first)
        for number, value in zip(kept, last, strict=True):
            position, operand = kernel.output(number)
            kernel.store(value, place.pointers[position], operand)


def _rounds_in_order(
    kernel: Kernel,
    place: Place,
    reductions: Sequence[Dimension],
    kept: Sequence[int],
    state: Sequence[str],
) -> list[str]:
    if not reductions:
        values = kernel.body(place, dict(zip(kept, state, strict=True)))
        given = [values[value] for value in kernel.yielded()]
        for number, value in enumerate(given):
            if number not in kept:
                position, operand = kernel.output(number)
                kernel.store(value, place.pointers[position], operand)
        return [given[number] for number in kept]
    types = [kernel.output(number)[1].buffer.element.register for number in kept]
    with kernel.loop(place, reductions[0], list(zip(types, state, strict=True))) as (loop, inside):
        loop.next = _rounds_in_order(kernel, inside, reductions[1:], kept, loop.carried)
    return loop.next
