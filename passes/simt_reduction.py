"""Kernels in which the threads of a block reduce together.

Of a block's threads `lanes` share the rounds of one result. Where what they read lies side by
side along the reduction, they are neighbours, and exchange partial results by shuffles; where it
lies side by side along the results, `across` neighbours have results side by side, and partial
results go through shared memory. Long reductions of few results are cut into `parts`, which a
second kernel combines, in the same order each time.
Source: M. Harris, Optimizing Parallel Reduction in CUDA, NVIDIA 2007.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xdsl.dialects import memref, scf
from xdsl.dialects.builtin import MemRefType, i32
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from ..dialects import simt
from ..dialects.simt.schedule import REDUCTION, Schedule
from .buffers import memref_of
from .scalar_ops import ScalarOps
from .simt_combiners import Combiner, combiners_of, tree, two_sum, with_error
from .simt_elementwise import prefix_is_aligned
from .simt_fills import Starts
from .simt_kernel import KernelBuilder, Kernels, NestBody, rounds_of, widest
from .simt_nests import Loop, Nest, Place, continues, is_countable
from .simt_product_ops import KernelOps, Number, Values
from .structured_ops import generic

WARP = 32
_SPAN = 8
"""Rounds of which the errors of sums are not kept."""
_LONG = 16
"""A thread's rounds of a sum that keeps its errors are more."""
_FEW = 8
"""Rounds of a thread that are too few to have more parts."""


@dataclass(frozen=True)
class Machine:
    """What a GPU runs at a time."""

    processors: int
    threads: int
    """Of a processor."""

    @property
    def all_threads(self) -> int:
        """Of all processors."""
        return self.processors * self.threads


def reduction_schedule(nest: Nest, machine: Machine) -> Schedule | None:
    """Return how a nest is reduced by blocks; None if its rounds have to be taken in order."""
    if not nest.reductions or combiners_of(nest) is None or nest.asks_for_indices:
        return None
    nest = sorted_nest(nest)
    rounds, points = rounds_of(nest.reductions), nest.points
    width = width_of(nest)
    if rounds * points == 0 or not (is_countable(rounds // width) and is_countable(points)):
        return None
    if is_across(nest):
        across = min(WARP, power_of_two(nest.parallel[-1].extent))
        lanes = min(power_of_two(rounds), 1024 // across, max(4, lanes_for(points, machine)))
    else:
        across = 1
        # Partial results of eight neighbours need registers that larger blocks don't have.
        most = 256 if width >= 8 else 512
        lanes = min(power_of_two(rounds // width), most, max(WARP, lanes_for(points, machine)))
    each = rounds // (width * lanes)
    wanted = machine.all_threads // max(1, points * lanes)
    parts = max(1, min(wanted, each // _FEW)) if points * lanes < machine.all_threads else 1
    threads = max(lanes * across, min(256, lanes * power_of_two(points)))
    numbers = {"threads": threads, "lanes": lanes, "across": across, "width": width}
    return Schedule(REDUCTION, {**numbers, "parts": parts})


def lanes_for(points: int, machine: Machine) -> int:
    """Return how many threads a result may have for all threads to be busy."""
    return power_of_two(max(1, machine.all_threads // max(1, points)))


def power_of_two(number: int) -> int:
    """Return the greatest power of two that isn't greater."""
    return 1 << (max(number, 1).bit_length() - 1)


def sorted_nest(nest: Nest) -> Nest:
    """Return a nest with its reductions in the order of what they read."""

    def step(loop: Loop) -> int:
        return min((abs(s) for s in loop.steps[: nest.inputs] if s), default=0)

    reductions = sorted(nest.reductions, key=lambda loop: -step(loop))
    merged: list[Loop] = []
    for loop in reductions:
        if merged and continues(merged[-1], loop):
            loop = replace(loop, extent=merged.pop().extent * loop.extent)
        merged.append(loop)
    return replace(nest, loops=(*nest.parallel, *merged))


def is_across(nest: Nest) -> bool:
    """Return whether neighbours are read along the results rather than the reduction.

    What counts is where most is read: of a vector times a matrix, that is the matrix.
    """
    last, largest = nest.reductions[-1], _largest(nest)
    along = any(abs(last.steps[n]) == 1 for n in largest)
    if along or not nest.parallel:
        return False
    results = nest.parallel[-1]
    return results.extent >= 2 and any(abs(results.steps[n]) == 1 for n in largest)


def _largest(nest: Nest) -> list[int]:
    """Return the inputs of which most elements are read."""
    read = {
        n: rounds_of([loop for loop in nest.loops if loop.steps[n]])
        for n in range(nest.inputs)
        if nest.places[n] is not None
    }
    return [n for n, count in read.items() if count == max(read.values())]


def width_of(nest: Nest) -> int:
    """Return how many neighbours a thread reads at once."""
    last = nest.reductions[-1]
    near = [n for n in range(nest.inputs) if nest.places[n] is not None and last.steps[n] == 1]
    if is_across(nest) or not near:
        return 1
    elements = [place.element for n in near if (place := nest.places[n]) is not None]
    width = widest(elements)
    while width > 1 and (last.extent % width or not any(_is_aligned(nest, n, width) for n in near)):
        width //= 2
    return width


def _is_aligned(nest: Nest, position: int, width: int) -> bool:
    place = nest.places[position]
    return (
        place is not None
        and nest.reductions[-1].steps[position] == 1
        and place.first % width == 0
        and not any(loop.steps[position] % width for loop in nest.loops[:-1])
        and prefix_is_aligned(place.root)
    )


def lower_reduction(nest: Nest, schedule: Schedule, kernels: Kernels) -> None:
    """Replace a reduction by a kernel, or by two."""
    nest = sorted_nest(nest)
    combiners = combiners_of(nest)
    assert combiners is not None, "a schedule is only of what can be reduced in any order"
    parts, starts = schedule["parts"], kernels.starts.get(nest.op, {})
    if parts <= 1:
        Reduction(nest, combiners, schedule, starts=starts).write(kernels)
        return
    block = nest.op.parent_block()
    assert block is not None, "an op of a function is in a block"
    partials = [_allocated(nest, combiner, parts) for combiner in combiners]
    Reduction(nest, combiners, schedule, [op.memref for op in partials]).write(kernels)
    second = _second(nest, combiners, [op.memref for op in partials], parts)
    lanes = min(WARP, power_of_two(parts))
    numbers = {"threads": max(lanes, min(256, lanes * power_of_two(nest.points))), "lanes": lanes}
    again = combiners_of(second)
    assert again is not None, "it combines as the first does"
    last = Schedule(REDUCTION, {**numbers, "across": 1, "width": 1, "parts": 1})
    moved = {position - nest.inputs + second.inputs: op for position, op in starts.items()}
    Reduction(second, again, last, before=nest.op, starts=moved).write(kernels)
    for partial in partials:
        free = memref.DeallocOp.create(operands=(partial.memref,), location=nest.op.location)
        block.insert_op_before(free, nest.op)
    second.op.erase()


def _allocated(nest: Nest, combiner: Combiner, parts: int) -> memref.AllocOp:
    """Put memory for partial results before an op."""
    type = memref_of(combiner.type, (nest.points, parts))
    op = memref.AllocOp.get(combiner.type, None, (nest.points, parts))
    op = memref.AllocOp.create(
        result_types=(type,), properties=op.properties, location=nest.op.location
    )
    block = nest.op.parent_block()
    assert block is not None, "an op of a function is in a block"
    block.insert_op_before(op, nest.op)
    return op


def _second(
    nest: Nest, combiners: Sequence[Combiner], partials: Sequence[SSAValue], parts: int
) -> Nest:
    """Return the nest that combines the partial results of all parts."""
    outputs = [nest.op.operands[combiner.position] for combiner in combiners]
    types: list[Attribute] = [combiner.type for combiner in combiners]
    block = Block(arg_types=[*types, *types])
    ops = ScalarOps(block, nest.op.location)
    given = [
        ops.emit(type(c.op), c.type, block.args[n], block.args[len(types) + n])
        for n, c in enumerate(combiners)
    ]
    ops.give(*given)
    op = generic(partials, outputs, [()] * (2 * len(types)), [], Region(block), nest.op.location)
    places = [Place(value, c.type, 0) for value, c in zip(partials, combiners, strict=True)]
    written = [nest.places[combiner.position] for combiner in combiners]
    loops: list[Loop] = []
    size = parts
    for loop in reversed(nest.parallel):
        steps = tuple(loop.steps[combiner.position] for combiner in combiners)
        loops.append(Loop(loop.number, loop.extent, True, (*[size] * len(types), *steps)))
        size *= loop.extent
    reduction = Loop(-1, parts, False, (*[1] * len(types), *[0] * len(types)))
    return Nest(op, (*places, *written), (*reversed(loops), reduction))


class Reduction:
    """One kernel. With `partials` it leaves its results there, one for each part."""

    def __init__(
        self,
        nest: Nest,
        combiners: Sequence[Combiner],
        schedule: Schedule,
        partials: Sequence[SSAValue] = (),
        before: Operation | None = None,
        starts: Starts = MappingProxyType({}),
    ) -> None:
        self.nest = nest
        self.starts = starts
        self.combiners = combiners
        self.threads = schedule["threads"]
        self.lanes = schedule["lanes"]
        self.across = max(schedule["across"], 1)
        self.width = max(schedule["width"], 1)
        self.parts = max(schedule["parts"], 1)
        self.before = before or nest.op
        self.builder = KernelBuilder(nest.op.location)
        self.ops: KernelOps = self.builder.ops
        self.body = NestBody(self.builder, nest)
        self.partials = [self.builder.parameter(value) for value in partials]
        self.rounds = rounds_of(nest.reductions) // self.width

    def write(self, kernels: Kernels) -> None:
        """Write the kernel into the module."""
        ops, points = self.ops, self.nest.points
        results = self.threads // self.lanes
        inner = self.nest.parallel[-1].extent if self.across > 1 else points
        tiles = -(-inner // results)
        groups = points // inner * tiles
        thread = self.builder.thread_id() if self.threads > 1 else 0
        block = self.builder.block_offset(groups * self.parts)
        group, part = ops.divide(block, self.parts)
        if self.across > 1:
            lane, column = ops.divide(thread, results)
            outer, tile = ops.divide(group, tiles)
            column = ops.add(ops.multiply(tile, results), column)
            valid = True if inner % results == 0 else ops.less(column, inner)
            point = ops.add(ops.multiply(outer, inner), column)
        else:
            number, lane = ops.divide(thread, self.lanes)
            point = ops.add(ops.multiply(group, results), number)
            valid = True if points % results == 0 else ops.less(point, points)
        # All threads meet below: those without a result do the work of the last one again.
        near = point if valid is True else ops.choose(valid, point, points - 1)
        rounds = self.builder.indices(near, [loop.extent for loop in self.nest.parallel])
        partial = self._accumulated(rounds, lane, part)
        totals = self.together(partial, lane, thread, results)
        is_first = ops.both(valid, ops.equal(lane, 0) if self.lanes > 1 else True)
        ops.branch(is_first, lambda: self.finish(totals, rounds, point, part))
        self.builder.finish(kernels, self.before, self.threads, groups * self.parts)

    def _accumulated(self, rounds: Sequence[Number], lane: Number, part: Number) -> list[SSAValue]:
        """Append what one thread reduces of its part."""
        ops = self.ops
        whole = self.rounds // (self.lanes * self.parts)
        rest = self.rounds - whole * self.lanes * self.parts
        first = ops.add(ops.multiply(part, whole * self.lanes), lane)
        start = self.start(rounds)

        def step(round: Number, state: Values) -> Values:
            return self.round(rounds, ops.add(first, ops.multiply(round, self.lanes)), state)

        state: Values = start
        if whole > _LONG and any(c.is_sum for c in self.combiners):
            state = self._in_spans(whole, step, start)
        elif whole:
            state = ops.loop(whole, start, step)
        if rest:
            state = self._rest(rest, whole, rounds, lane, part, state)
        return self.of_thread(state)

    def start(self, rounds: Sequence[Number]) -> Values:
        """Return the state before the first round, at a result."""
        return [c.start(self.ops) for c in self.combiners for _ in range(self.width)]

    def of_thread(self, state: Values) -> list[SSAValue]:
        """Append what a thread's state comes to at the end."""
        many = self.width
        return [
            tree(self.ops, combiner, state[n * many : (n + 1) * many])
            for n, combiner in enumerate(self.combiners)
        ]

    def _rest(
        self,
        rest: int,
        whole: int,
        rounds: Sequence[Number],
        lane: Number,
        part: Number,
        state: Values,
    ) -> Values:
        """Append the rounds behind those that all threads have; each has one of them at most."""
        ops = self.ops
        number = ops.add(ops.multiply(part, self.lanes), lane)
        behind = whole * self.lanes * self.parts
        inside = ops.less(number, rest)
        if isinstance(inside, bool):
            return self.round(rounds, ops.add(number, behind), state) if inside else state
        block = Block()
        with ops.inside(block):
            given = self.round(rounds, ops.add(number, behind), state)
            ops.append(scf.YieldOp(*given))
        orelse = Block()
        with ops.inside(orelse):
            ops.append(scf.YieldOp(*state))
        types = [value.type for value in state]
        return ops.append(scf.IfOp(inside, types, Region(block), Region(orelse)))

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

    def before_all(self, position: int, index: SSAValue) -> SSAValue:
        """Return what an output holds at first."""
        if position in self.starts:
            return self.ops.known(self.starts[position])
        return self.body.load(position, index)[0]

    def taken(self, number: Number) -> list[Number]:
        """Return the rounds of the reductions that a round of `width` neighbours begins with."""
        *outer, last = self.nest.reductions
        extents = [*(loop.extent for loop in outer), last.extent // self.width]
        taken = self.builder.indices(number, extents)
        taken[-1] = self.ops.multiply(taken[-1], self.width)
        return taken

    def loaded(self, position: int, places: Sequence[Number]) -> Sequence[SSAValue]:
        """Append the loads of `width` neighbours of an operand."""
        body, nest, width = self.body, self.nest, self.width
        step = nest.reductions[-1].steps[position]
        if width == 1 or _is_aligned(nest, position, width):
            return body.load(position, body.index(position, nest.loops, places), width)
        if step == 0:
            return list(body.load(position, body.index(position, nest.loops, places))) * width
        return [
            body.load(position, body.index(position, nest.loops, places, lane * step))[0]
            for lane in range(width)
        ]

    def together(
        self, partial: Sequence[SSAValue], lane: Number, thread: Number, results: int
    ) -> list[SSAValue]:
        """Append the combination of the partial results of all lanes; the first lane has it."""
        if self.lanes == 1:
            return list(partial)
        if self.across > 1:
            return [
                _through_memory(self.ops, c, value, lane, thread, self.lanes, results)
                for c, value in zip(self.combiners, partial, strict=True)
            ]
        return [
            combine_lanes(self.ops, c, value, lane, thread, self.lanes, self.threads)
            for c, value in zip(self.combiners, partial, strict=True)
        ]

    def finish(
        self, totals: Sequence[SSAValue], rounds: Sequence[Number], point: Number, part: Number
    ) -> None:
        """Append the stores of results, combined with what is there, or of partial results."""
        ops, body = self.ops, self.body
        for n, (combiner, total) in enumerate(zip(self.combiners, totals, strict=True)):
            if self.partials:
                place = ops.place(0, (point, self.parts), (part, 1))
                ops.append(simt.StoreOp(self.partials[n], place, [total]))
                continue
            index = body.index(combiner.position, self.nest.parallel, rounds)
            before = combiner.partial(ops, self.before_all(combiner.position, index))
            result = combiner.combine(ops, before, total)
            place = body.place(combiner.position)
            value = _as(ops, combiner, result, place.element)
            body.store(combiner.position, index, [value])


def _as(ops: KernelOps, combiner: Combiner, result: SSAValue, element: Attribute) -> SSAValue:
    return replace(combiner, element=element).element_of(ops, result)


def combine_lanes(
    ops: KernelOps,
    combiner: Combiner,
    value: SSAValue,
    lane: Number,
    thread: Number,
    lanes: int,
    threads: int,
) -> SSAValue:
    """Append the combination of neighbouring threads' values, of `lanes` each.

    Each lane has it where `lanes` are 32 or fewer, else the first 32 have.
    """
    offset = min(lanes, WARP) // 2
    while offset:
        value = combiner.combine(ops, value, combiner.from_lane(ops, value, offset))
        offset //= 2
    warps = lanes // WARP
    if warps <= 1:
        return value
    memory = ops.append(simt.SharedOp(memref_of(combiner.type, (threads // WARP,))))[0]
    warp, in_warp = ops.divide(thread, WARP)

    def keep(partial: SSAValue = value) -> None:
        ops.append(simt.StoreOp(memory, ops.value(warp), [partial]))

    ops.branch(ops.equal(in_warp, 0), keep)
    ops.barrier()
    first = ops.multiply(ops.quotient(thread, lanes), warps)
    index = ops.add(first, ops.remainder(thread, warps))
    value = ops.append(simt.LoadOp(memory, ops.value(index), [combiner.type]))[0]
    offset = warps // 2
    while offset:
        value = combiner.combine(ops, value, combiner.from_lane(ops, value, offset))
        offset //= 2
    return value


def _through_memory(
    ops: KernelOps,
    combiner: Combiner,
    value: SSAValue,
    lane: Number,
    thread: Number,
    lanes: int,
    results: int,
) -> SSAValue:
    """Append the combination of values of threads that lie `results` apart."""
    type: MemRefType[Attribute] = memref_of(combiner.type, (lanes * results,))
    memory = ops.append(simt.SharedOp(type))[0]
    ops.append(simt.StoreOp(memory, ops.value(thread), [value]))
    ops.barrier()
    offset = lanes // 2
    while offset:
        far = ops.constant(offset * results, i32)

        def step(far: SSAValue = far) -> None:
            place = ops.value(thread)
            other = ops.add(thread, far) if isinstance(thread, SSAValue) else far
            mine, theirs = (
                ops.append(simt.LoadOp(memory, index, [combiner.type]))[0]
                for index in (place, ops.value(other))
            )
            both = combiner.combine(ops, mine, theirs)
            ops.append(simt.StoreOp(memory, place, [both]))

        ops.branch(ops.less(lane, offset), step)
        ops.barrier()
        offset //= 2
    return ops.append(simt.LoadOp(memory, ops.value(thread), [combiner.type]))[0]
