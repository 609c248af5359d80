"""Which schedules can be run: they may be written by hand, and a wrong one must not run wrongly."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..dialects.simt.kernel import STATIC_BYTES, THREADS
from ..dialects.simt.memory import bytes_of
from ..dialects.simt.schedule import (
    BEST_PLACE,
    ELEMENTWISE,
    REDUCTION,
    SERIAL,
    TRANSPOSE,
    Schedule,
)
from .simt_best_place import finds_place
from .simt_combiners import combiners_of
from .simt_elementwise import groups_are_whole
from .simt_nests import Nest, is_countable
from .simt_reduction_schedule import sorted_nest, width_of
from .simt_row_programs import RowProgram
from .simt_transpose import fits_tile


def is_possible(nest: Nest, schedule: Schedule) -> bool:
    """Return whether a nest can become a kernel of a family with such numbers."""
    check = _CHECKS.get(schedule.family)
    return check is not None and 1 <= schedule["threads"] <= THREADS and check(nest, schedule)


def are_possible_rows(program: RowProgram, schedule: Schedule) -> bool:
    """Return whether a program of rows can become a kernel with such numbers."""
    width = max(schedule["width"], 1)
    chunks = -(-program.length // (width * max(schedule["lanes"], 1)))
    return _are_lanes(schedule) and program.width() % width == 0 and chunks <= _MOST_CHUNKS


_MOST_CHUNKS = 256
"""Groups of a row that a thread has: each is code of its own."""


def _is_elementwise(nest: Nest, schedule: Schedule) -> bool:
    width = max(schedule["width"], 1)
    if nest.reductions or not is_countable(nest.points // width + nest.points % width):
        return False
    return width == 1 or groups_are_whole(nest, width, bool(schedule["flat"]))


def _is_serial(nest: Nest, schedule: Schedule) -> bool:
    return is_countable(nest.points)


def _is_transpose(nest: Nest, schedule: Schedule) -> bool:
    return not nest.reductions and fits_tile(nest, schedule)


def _is_reduction(nest: Nest, schedule: Schedule) -> bool:
    combiners = None if nest.asks_for_indices else combiners_of(nest)
    if not nest.reductions or combiners is None:
        return False
    state = sum(bytes_of(combiner.type) for combiner in combiners)
    return _is_shared(sorted_nest(nest), schedule, state)


def _finds_place(nest: Nest, schedule: Schedule) -> bool:
    return finds_place(nest) and _is_shared(nest, schedule, 16)


def _is_shared(nest: Nest, schedule: Schedule, state: int) -> bool:
    """Return whether blocks can share the rounds, each thread with so many bytes of results."""
    across, width, parts = (max(schedule[name], 1) for name in ("across", "width", "parts"))
    if not _are_lanes(schedule) or width_of(nest) % width or not is_countable(nest.points * parts):
        return False
    return across == 1 or (bool(nest.parallel) and state * schedule["threads"] <= STATIC_BYTES)


def _are_lanes(schedule: Schedule) -> bool:
    """Return whether threads fall into lanes, which meet two by two."""
    threads, lanes = schedule["threads"], schedule["lanes"]
    is_power = lanes > 0 and lanes.bit_count() == 1
    return is_power and threads % lanes == 0 and lanes <= threads <= THREADS


_CHECKS: Mapping[str, Callable[[Nest, Schedule], bool]] = {
    ELEMENTWISE: _is_elementwise,
    SERIAL: _is_serial,
    TRANSPOSE: _is_transpose,
    REDUCTION: _is_reduction,
    BEST_PLACE: _finds_place,
}
