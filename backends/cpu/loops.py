"""The order of a kernel's loops: elementwise, reductions along rows or columns, and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from xdsl.ir import SSAValue

from ..llvm_ir.elements import FLOATS
from ..llvm_ir.instructions import Instructions
from .best_place import best_place_of, write_best_place
from .columns import WIDTH, write_columns
from .combiner import Combiner, combiners_of
from .contraction import product_of, write_contraction
from .epilogue import Follower, Tail, touched_by
from .kernel import Kernel, Place
from .nest import Dimension, Nest, innermost, pointers
from .past_cache import write_past_cache
from .rounds import round_of
from .rows import write_rows
from .turned import SIDE, across_of, write_turned
from .vector_loops import VectorLoop, write_vectors

_LINE, _UNIT = 64, 2048
"""Neighbours that one thread does: at least those on a line of the cache, and at most; a number
that LLVM knows, so that it interleaves the loop."""
_PIECES = 16
"""Pieces of a short loop, if those on a line of the cache are as many."""
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
    is_finished: bool
    """Whether LLVM's optimiser would find nothing to do that is worth its time."""
    workspace: int = 0
    """Bytes of memory that a parameter is the address of, if it needs any."""
    pieces: int = 0
    """How many pieces of its work threads share; the last parameters are the first and the end."""
    is_product: bool = False
    """Whether it is written for the registers there are, which it shares with nothing else."""


def write_kernel(
    nest: Nest,
    constants: Mapping[SSAValue, str],
    instructions: Instructions,
    tails: Sequence[Tail] = (),
    loop: int | str | None = None,
) -> KernelText:
    """Return the function of a `linalg.generic`; `constants` are the scalars it uses.

    What `tails` need is behind the op's parameters. Threads share its loop `loop`, if there is one
    of that name that they can share.
    """
    kernel = Kernel(nest, constants, instructions)
    product = product_of(nest)
    pieces = 0
    if product is not None:
        product = replace(product, split=loop if product.can_share(loop) else None)
        write_contraction(kernel, kernel.start(), product, tails)
        pieces = product.pieces
        kernel.is_finished = not tails and _is_of_vectors(kernel)
    else:
        shared = _shared(nest, loop) if isinstance(loop, int) else None
        pieces = _write_loops(kernel, kernel.start(), shared)
    kernel.text.emit("ret void")
    workspace = 0 if product is None else product.workspace
    more = ["ptr noalias nocapture align 64 %work"] if workspace else []
    more += ["i64 %begin", "i64 %end"] if pieces else []
    return KernelText(
        (*pointers([*nest.touched(), *touched_by(tails)]), *more),
        kernel.text.body(),
        tuple(kernel.scalars.definitions),
        tuple(kernel.scalars.declarations),
        "noinline" if nest.dimensions or len(kernel.text.lines) > _SHORT else "alwaysinline",
        kernel.is_finished,
        workspace,
        pieces,
        product is not None,
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
        is_finished=False,
    )


def _is_of_vectors(kernel: Kernel) -> bool:
    """Return whether a product loads and stores numbers as it computes with them."""
    operands = [operand for operand in kernel.nest.operands if operand is not None]
    plain = all(operand.buffer.element.memory in FLOATS for operand in operands)
    return plain and bool(kernel.scalars.instructions.vector_bytes)


def _parted(dimensions: Sequence[Dimension]) -> tuple[list[Dimension], list[Dimension]]:
    """Return the loops whose rounds are results of their own, and those that sum up."""
    parallel = [d for d in dimensions if not d.is_reduction]
    return parallel, [d for d in dimensions if d.is_reduction]


def _shared(nest: Nest, loop: int) -> Dimension | None:
    """Return the loop that goes through a dimension; it may go through others as well."""
    inside = (d for d in nest.dimensions if d.number >= loop)
    found = next(inside, None)
    return None if found is None or found.is_reduction else found


def _write_loops(kernel: Kernel, place: Place, shared: Dimension | None) -> int:
    """Write the loops; return how many pieces that of `shared` has, if threads share it."""
    combiners = (
        combiners_of(kernel.nest) if any(d.is_reduction for d in kernel.nest.dimensions) else None
    )
    along = innermost(kernel.nest, kernel.nest.dimensions) if combiners is not None else None
    if shared is None:
        _write_whole(kernel, place, kernel.nest.dimensions, combiners, along)
        return 0
    if combiners is not None and along is shared:
        parallel, reductions = _parted(kernel.nest.dimensions)
        write_columns(kernel, combiners, place, parallel, reductions, shared, is_shared=True)
        return -(-shared.extent // min(WIDTH, shared.extent))
    unit = _unit(kernel.nest, shared)
    full, left = divmod(shared.extent, unit)
    with kernel.text.part_if(True, 0, full) as (first, pieces), kernel.text.loop(pieces) as loop:
        start = kernel.advance(place, shared, first, unit)
        here = kernel.advance(start, shared, loop.index, unit)
        _write_whole(kernel, here, _piece(kernel.nest, shared, unit), combiners, along)
    if left:
        is_finished = kernel.is_finished
        with kernel.text.part_if(True, full, 1):
            here = kernel.advance(place, shared, str(full), unit)
            _write_whole(kernel, here, _piece(kernel.nest, shared, left), combiners, along)
        kernel.is_finished &= is_finished
    return full + bool(left)


def _unit(nest: Nest, shared: Dimension) -> int:
    """Return how many rounds of a shared loop make a piece."""
    parallel, reductions = _parted(nest.dimensions)
    along = innermost(nest, parallel)
    if reductions:
        return 1
    if along is not shared:
        # A piece of a transposition has whole squares.
        return SIDE if across_of(nest, parallel, along) is shared else 1
    most = min(max(shared.extent // _PIECES // _LINE, 1) * _LINE, _UNIT)
    units = range(most, 0, -_LINE)
    return next((unit for unit in units if shared.extent % unit == 0), most)


def _piece(nest: Nest, shared: Dimension, extent: int) -> list[Dimension]:
    """Return the loops of a piece of a shared loop."""
    part = [replace(shared, extent=extent)] if extent > 1 else []
    return [one for d in nest.dimensions for one in (part if d is shared else [d])]


def _write_whole(
    kernel: Kernel,
    place: Place,
    dimensions: Sequence[Dimension],
    combiners: Sequence[Combiner] | None,
    along: Dimension | None,
) -> None:
    parallel, reductions = _parted(dimensions)
    best = best_place_of(kernel.nest) if reductions and combiners is None else None
    if not reductions:
        _write_elementwise(kernel, place, parallel)
    elif combiners is not None and along is not None:
        write = write_rows if along.is_reduction else write_columns
        write(kernel, combiners, place, parallel, reductions, along)
    elif best is not None:
        write_best_place(kernel, best, place, parallel)
    else:
        _write_in_order(kernel, place, parallel, reductions)


def _write_elementwise(kernel: Kernel, place: Place, parallel: Sequence[Dimension]) -> None:
    """Write loops in which no round needs another's result; neighbours are innermost."""
    order = list(parallel)
    kernel.is_finished = not parallel
    write = partial(Kernel.write_round, kernel)
    if write_past_cache(kernel, place, order) or write_turned(kernel, place, order, write):
        return
    if order:
        last = innermost(kernel.nest, order)
        order = [*(d for d in order if d is not last), last]
    round = round_of(kernel, order[-1], Kernel.write_round) if order else None
    with ExitStack() as stack:
        for dimension in order if round is None else order[:-1]:
            _, place = stack.enter_context(kernel.loop(place, dimension))
        if round is None:
            kernel.write_round(place)
            return
        write_vectors(VectorLoop(kernel, order[-1], round, place))
        kernel.is_finished = True


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
