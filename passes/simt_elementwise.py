"""Kernels in which each thread computes a few neighbouring elements of its own."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import SSAValue

from ..dialects.simt.schedule import ELEMENTWISE, SERIAL, Schedule
from .simt_fills import Starts
from .simt_kernel import KernelBuilder, Kernels, NestBody, widest
from .simt_nests import Loop, Nest, is_countable
from .simt_product_ops import Number

THREADS = 256
_MOST = 8
"""Elements of a thread that are worth their code."""
_OPS = 512
"""Ops of a thread that are so many that their code takes long to make."""


def elementwise_schedule(nest: Nest, most: int = _MOST) -> Schedule | None:
    """Return how many elements each thread computes, and how many threads there are.

    None for more threads than can be counted.
    With `flat` they are neighbours in the result, which other operands may not have as neighbours.
    """
    places = [place for place in nest.places if place is not None]
    width = min(widest([place.element for place in places]), most)
    is_flat = False
    if nest.parallel and width > 1:
        inner = nest.parallel[-1].extent
        is_flat = inner % width != 0 and _is_flat(nest, width)
        while not is_flat and width > 1 and not _is_wide(nest, width):
            width //= 2
    else:
        width = 1
    while width > 1 and width * len(nest.op.body.block.ops) > _OPS:
        width //= 2
    groups = nest.points // width + nest.points % width
    if not is_countable(groups):
        return None
    is_flat = is_flat and width > 1
    numbers = {"threads": THREADS, "blocks": -(-groups // THREADS), "width": width}
    return Schedule(ELEMENTWISE, {**numbers, **({"flat": 1} if is_flat else {})})


def serial_schedule(nest: Nest) -> Schedule | None:
    """Return the schedule of one thread for each round of the parallel loops, if so many can be."""
    if not is_countable(nest.points):
        return None
    threads = min(THREADS // 2, max(32, nest.points))
    return Schedule(SERIAL, {"threads": threads, "blocks": -(-nest.points // threads)})


def groups_are_whole(nest: Nest, width: int, is_flat: bool) -> bool:
    """Return whether so many neighbours are a group everywhere, and one access at most."""
    most = widest([place.element for place in nest.places if place is not None])
    if width.bit_count() != 1 or width > most or not nest.parallel:
        return False
    return _is_flat(nest, width) if is_flat else nest.parallel[-1].extent % width == 0


def _is_wide(nest: Nest, width: int) -> bool:
    """Return whether groups along the last parallel loop are whole, and written at once."""
    if nest.parallel[-1].extent % width:
        return False
    return any(is_aligned(nest, position, width) for position in nest.outputs)


def is_aligned(nest: Nest, position: int, width: int) -> bool:
    """Return whether an operand's groups along the last parallel loop are one access."""
    place = nest.places[position]
    *outer, inner = nest.parallel
    return (
        place is not None
        and inner.steps[position] == 1
        and not any(loop.steps[position] % width for loop in (*outer, *nest.reductions))
        and place.first % width == 0
        and prefix_is_aligned(place.root)
    )


def prefix_is_aligned(root: SSAValue) -> bool:
    """Return whether memory begins where a wide access may; a view may begin anywhere."""
    return getattr(root.owner, "name", "") != "memref.reinterpret_cast"


def is_contiguous(nest: Nest, position: int) -> bool:
    """Return whether an operand's elements lie side by side in the order of the loops."""
    step = 1
    for loop in reversed(nest.parallel):
        if loop.steps[position] != step:
            return False
        step *= loop.extent
    return True


def _is_flat(nest: Nest, width: int) -> bool:
    return (
        width <= nest.points
        and is_countable(nest.points)
        and all(
            is_contiguous(nest, position) and _starts_aligned(nest, position, width)
            for position in nest.outputs
        )
    )


def _starts_aligned(nest: Nest, position: int, width: int) -> bool:
    place = nest.places[position]
    return place is not None and place.first % width == 0 and prefix_is_aligned(place.root)


def lower_elementwise(nest: Nest, schedule: Schedule, kernels: Kernels) -> None:
    """Replace a nest without reductions by a kernel."""
    builder = KernelBuilder(nest.op.location)
    body = NestBody(builder, nest)
    width = max(schedule["width"], 1)
    threads = max(schedule["threads"], 1)
    whole = nest.points // width
    rest = nest.points - whole * width
    blocks = -(-(whole + rest) // threads)
    number = builder.thread(threads, blocks)
    ops = builder.ops
    within = True if whole % threads == 0 and not rest else ops.less(number, whole)
    if schedule["flat"]:
        ops.branch(within, lambda: _write_flat(body, number, width))
    else:
        ops.branch(within, lambda: _write_group(body, number, width))
    if rest:
        element = ops.add(number, whole * (width - 1))
        behind = ops.both(ops.less(whole - 1, number), ops.less(element, nest.points))
        ops.branch(behind, lambda: _write_flat(body, element, 1))
    builder.finish(kernels, nest.op, threads, blocks)


def _write_group(body: NestBody, number: Number, width: int) -> None:
    """Append what a thread does for neighbours along the last loop."""
    nest, ops = body.nest, body.ops
    loops = nest.parallel
    extents = [loop.extent for loop in loops]
    rounds: list[Number] = []
    if loops:
        rounds = body.builder.indices(number, [*extents[:-1], extents[-1] // width])
        rounds[-1] = ops.multiply(rounds[-1], width)
    lanes = [rounds]
    lanes += [[*rounds[:-1], ops.add(rounds[-1], lane)] for lane in range(1, width)]
    arguments: list[dict[int, SSAValue]] = [{} for _ in lanes]
    for position, place in enumerate(nest.places):
        if place is None or not body.is_used(position):
            continue
        for lane, value in enumerate(_loaded(body, position, loops, rounds, width)):
            arguments[lane][position] = value
    _compute(body, arguments, lanes, width)


def _loaded(
    body: NestBody, position: int, loops: Sequence[Loop], rounds: Sequence[Number], width: int
) -> Sequence[SSAValue]:
    """Append the loads of an operand's elements for neighbours along the last loop."""
    step = loops[-1].steps[position] if loops else 0
    index = body.index(position, loops, rounds)
    if width == 1 or (step == 1 and is_aligned(body.nest, position, width)):
        return body.load(position, index, width)
    if step == 0:
        return list(body.load(position, index)) * width
    return [
        body.load(position, body.index(position, loops, rounds, lane * step))[0]
        for lane in range(width)
    ]


def _write_flat(body: NestBody, number: Number, width: int) -> None:
    """Append what a thread does for neighbours of the result."""
    nest, ops = body.nest, body.ops
    extents = [loop.extent for loop in nest.parallel]
    first = ops.multiply(number, width)
    lanes = [body.builder.indices(ops.add(first, lane), extents) for lane in range(width)]
    arguments: list[dict[int, SSAValue]] = [{} for _ in lanes]
    for position, place in enumerate(nest.places):
        if place is None or not body.is_used(position):
            continue
        if is_contiguous(nest, position) and _starts_aligned(nest, position, width):
            index = ops.place(place.first, (first, 1), type=body.type)
            values = body.load(position, index, width)
        else:
            values = [
                body.load(position, body.index(position, nest.parallel, rounds))[0]
                for rounds in lanes
            ]
        for lane, value in enumerate(values):
            arguments[lane][position] = value
    _compute(body, arguments, lanes, width, first)


def _compute(
    body: NestBody,
    arguments: Sequence[dict[int, SSAValue]],
    lanes: Sequence[Sequence[Number]],
    width: int,
    flat: Number | None = None,
) -> None:
    """Append the body for each lane, and the stores of what it gives."""
    nest = body.nest
    numbers = [loop.number for loop in nest.parallel]
    given = [
        body.write(known, dict(zip(numbers, rounds, strict=True)))
        for known, rounds in zip(arguments, lanes, strict=True)
    ]
    for output, position in enumerate(nest.outputs):
        values = [results[output] for results in given]
        if flat is not None:
            index = body.ops.place(body.place(position).first, (flat, 1), type=body.type)
            body.store(position, index, values)
        elif width == 1 or is_aligned(nest, position, width):
            body.store(position, body.index(position, nest.parallel, lanes[0]), values)
        else:
            for rounds, value in zip(lanes, values, strict=True):
                body.store(position, body.index(position, nest.parallel, rounds), [value])


def lower_serial(nest: Nest, schedule: Schedule, kernels: Kernels) -> None:
    """Replace a nest by a kernel whose threads take the rounds of reductions in order."""
    builder = KernelBuilder(nest.op.location)
    body = NestBody(builder, nest)
    ops, points = builder.ops, nest.points
    threads = max(schedule["threads"], 1)
    blocks = -(-points // threads)
    number = builder.thread(threads, blocks)
    inside = True if points % threads == 0 else ops.less(number, points)
    starts = kernels.starts_of(nest)
    ops.branch(inside, lambda: _in_order(body, number, starts))
    builder.finish(kernels, nest.op, threads, blocks)


def _in_order(body: NestBody, number: Number, starts: Starts) -> None:
    """Append the reductions of one point. An output that they don't step over is a register."""
    nest, ops = body.nest, body.ops
    rounds = body.builder.indices(number, [loop.extent for loop in nest.parallel])
    kept = [position for position in nest.outputs if nest.is_reduced(position)]
    start = [
        ops.known(starts[position])
        if position in starts
        else body.load(position, body.index(position, nest.parallel, rounds))[0]
        for position in kept
    ]

    def step(
        loops: Sequence[Loop], taken: Sequence[Number], carried: Sequence[SSAValue]
    ) -> Sequence[SSAValue]:
        if loops:
            return ops.loop(
                loops[0].extent,
                carried,
                lambda index, values: step(loops[1:], [*taken, index], values),
            )
        return _round(body, [*rounds, *taken], dict(zip(kept, carried, strict=True)))

    totals = step(nest.reductions, [], start)
    for position, total in zip(kept, totals, strict=True):
        body.store(position, body.index(position, nest.parallel, rounds), [total])


def _round(
    body: NestBody, rounds: Sequence[Number], kept: dict[int, SSAValue]
) -> Sequence[SSAValue]:
    """Append one round; return the outputs that are kept in registers."""
    nest = body.nest
    loops = nest.loops
    arguments = dict(kept)
    for position, place in enumerate(nest.places):
        if place is not None and position not in kept and body.is_used(position):
            arguments[position] = body.load(position, body.index(position, loops, rounds))[0]
    numbers = {loop.number: round for loop, round in zip(loops, rounds, strict=True)}
    given = body.write(arguments, numbers)
    for output, position in enumerate(nest.outputs):
        if position not in kept:
            body.store(position, body.index(position, loops, rounds), [given[output]])
    return [given[position - nest.inputs] for position in kept]
