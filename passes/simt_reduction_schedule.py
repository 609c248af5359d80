"""How a block's threads share a reduction: which of them are lanes, and how many parts there are.

Of a block's threads `lanes` share the rounds of one result. Where what they read lies side by
side along the reduction, they are neighbours; where it lies side by side along the results,
`across` neighbours have results side by side. Long reductions of few results are cut into `parts`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..dialects.simt.memory import bytes_of
from ..dialects.simt.schedule import REDUCTION, Schedule
from .simt_combiners import combiners_of
from .simt_elementwise import prefix_is_aligned
from .simt_kernel import rounds_of, widest
from .simt_lanes import WARP
from .simt_nests import Loop, Nest, continues, is_countable

_FEW = 8
"""Rounds of a thread that are too few to have more parts."""
_WINDOW = 64
"""Elements of a window that a thread goes through by itself, at most."""
_SHARED = 48 * 1024
"""Bytes of shared memory that a block has."""


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
    combiners = None if nest.asks_for_indices else combiners_of(nest)
    if not nest.reductions or combiners is None:
        return None
    state = sum(bytes_of(combiner.type) for combiner in combiners)
    return schedule_by_blocks(REDUCTION, sorted_nest(nest), machine, state)


def schedule_by_blocks(family: str, nest: Nest, machine: Machine, state: int) -> Schedule | None:
    """Return how blocks share the rounds of a nest, each thread with so many bytes of results.

    None where there are no rounds, or more than can be counted.
    """
    rounds, points = rounds_of(nest.reductions), nest.points
    width = width_of(nest)
    if rounds * points == 0 or not (is_countable(rounds // width) and is_countable(points)):
        return None
    if is_across(nest):
        across = min(WARP, power_of_two(nest.parallel[-1].extent))
        most = min(1024, power_of_two(_SHARED // state)) // across
        lanes = min(power_of_two(rounds), most, max(4, lanes_for(points, machine)))
    elif is_window(nest) and points >= machine.all_threads // 4:
        # Neighbours read what is near; lanes would mostly exchange what they have.
        across = lanes = 1
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
    return Schedule(family, {**numbers, "parts": parts})


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


def is_window(nest: Nest) -> bool:
    """Return whether few elements are reduced, of which most are another result's, too."""
    last = nest.reductions[-1]
    if not nest.parallel or rounds_of(nest.reductions) > _WINDOW:
        return False
    steps = [(abs(last.steps[n]), abs(nest.parallel[-1].steps[n])) for n in _largest(nest)]
    return all(0 < result < step * last.extent for step, result in steps)


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
    while width > 1 and (
        last.extent % width or not any(is_aligned_along(nest, n, width) for n in near)
    ):
        width //= 2
    return width


def is_aligned_along(nest: Nest, position: int, width: int) -> bool:
    """Return whether an operand's neighbours along the last reduction are one access."""
    place = nest.places[position]
    return (
        place is not None
        and nest.reductions[-1].steps[position] == 1
        and place.first % width == 0
        and not any(loop.steps[position] % width for loop in nest.loops[:-1])
        and prefix_is_aligned(place.root)
    )
