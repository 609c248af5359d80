"""Kernels that read along one loop and write along another, through tiles in shared memory.

A tile has `tile` rounds of both loops. Its rows are one element longer than that, so that a
column's elements lie in different banks.
Source: G. Ruetsch and P. Micikevicius, Optimizing Matrix Transpose in CUDA, NVIDIA 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from xdsl.ir import SSAValue

from ..dialects import simt
from ..dialects.simt.memory import WIDEST, bytes_of
from ..dialects.simt.schedule import TRANSPOSE, Schedule
from .buffers import memref_of
from .simt_elementwise import is_aligned, prefix_is_aligned
from .simt_kernel import KernelBuilder, Kernels, NestBody
from .simt_nests import Nest, is_countable
from .simt_product_ops import Condition, Number

_THREADS = 256
_LEAST = 16
"""Rounds of a loop that are worth a tile."""
_SHARED = 48 * 1024


def transpose_schedule(nest: Nest) -> Schedule | None:
    """Return how a nest goes through tiles; None if it reads and writes along the same loop."""
    loops = nest.parallel
    if len(loops) < 2 or nest.reductions or any(loop.extent == 0 for loop in loops):
        return None
    turn = max(range(len(loops) - 1), key=lambda n: len(turned(nest, n)))
    staged = turned(nest, turn)
    if not staged or min(loops[turn].extent, loops[-1].extent) < _LEAST:
        return None
    if not any(loops[-1].steps[position] == 1 for position in nest.outputs):
        return None
    sizes = [_bytes(nest, position) for position in staged]
    if not is_countable(nest.points // _LEAST):
        return None
    tile = 64 if max(sizes) <= 4 else 32
    while len(staged) * tile * (tile + 1) * max(sizes) > _SHARED:
        tile //= 2
    if tile < _LEAST:
        return None
    numbers = {"turn": turn, "tile": tile, "threads": _THREADS}
    read = min(_read_width(nest, position, turn) for position in staged)
    return Schedule(TRANSPOSE, {**numbers, "read": read, "width": _write_width(nest)})


def fits_tile(nest: Nest, schedule: Schedule) -> bool:
    """Return whether a nest goes through tiles as a schedule says."""
    turn, tile, threads = schedule["turn"], schedule["tile"], schedule["threads"]
    read, width = (max(schedule[name], 1) for name in ("read", "width"))
    if not 0 <= turn < len(nest.parallel) - 1 or any(not loop.extent for loop in nest.parallel):
        return False
    staged = turned(nest, turn)
    if not staged or any(number < 1 or number.bit_count() != 1 for number in (tile, threads)):
        return False
    if min(_read_width(nest, position, turn) for position in staged) % read:
        return False
    if _write_width(nest) % width or max(read, width) > tile or threads * min(read, width) < tile:
        return False
    rows = sum(_bytes(nest, position) for position in staged) * (tile + 1)
    return tile <= 256 and tile * rows <= _SHARED and is_countable(nest.points // tile)


def turned(nest: Nest, turn: int) -> list[int]:
    """Return the inputs of which neighbours lie along a loop that isn't the last."""
    loops = nest.parallel
    return [
        position
        for position in range(nest.inputs)
        if nest.places[position] is not None
        and loops[turn].steps[position] == 1
        and loops[-1].steps[position] not in (0, 1)
        and nest.op.body.block.args[position].first_use is not None
    ]


def _bytes(nest: Nest, position: int) -> int:
    place = nest.places[position]
    assert place is not None, "only buffers are asked for"
    return bytes_of(place.element)


def _read_width(nest: Nest, position: int, turn: int) -> int:
    """Return how many neighbours of an input are read at once."""
    place = nest.places[position]
    assert place is not None, "only buffers are asked for"
    width = min(WIDEST // bytes_of(place.element), 8)
    others = [loop.steps[position] for n, loop in enumerate(nest.parallel) if n != turn]
    while width > 1 and (
        nest.parallel[turn].extent % width
        or place.first % width
        or any(step % width for step in others)
        or not prefix_is_aligned(place.root)
    ):
        width //= 2
    return width


def _write_width(nest: Nest) -> int:
    width = min(min(WIDEST // _bytes(nest, position) for position in nest.outputs), 8)
    while width > 1 and (
        nest.parallel[-1].extent % width
        or not all(is_aligned(nest, position, width) for position in nest.outputs)
    ):
        width //= 2
    return width


def lower_transpose(nest: Nest, schedule: Schedule, kernels: Kernels) -> None:
    """Replace a nest by a kernel that goes through tiles."""
    _Tiles(nest, schedule).write(kernels)


class _Tiles:
    """One kernel."""

    def __init__(self, nest: Nest, schedule: Schedule) -> None:
        self.nest = nest
        self.turn = schedule["turn"]
        self.tile = schedule["tile"]
        self.threads = schedule["threads"]
        self.read = max(schedule["read"], 1)
        self.width = max(schedule["width"], 1)
        self.staged = turned(nest, self.turn)
        self.builder = KernelBuilder(nest.op.location)
        self.ops = self.builder.ops
        self.body = NestBody(self.builder, nest)
        self.memories: dict[int, SSAValue] = {}
        self.around: list[Number] = []
        """Rounds of all loops, of the two of a tile those at which it begins."""

    def write(self, kernels: Kernels) -> None:
        """Write the kernel into the module."""
        ops, loops = self.ops, self.nest.parallel
        last = len(loops) - 1
        pieces = [
            -(-loop.extent // self.tile) if n in (self.turn, last) else loop.extent
            for n, loop in enumerate(loops)
        ]
        blocks = prod(pieces)
        thread = self.builder.thread_id()
        rounds = self.builder.indices(self.builder.block_offset(blocks), pieces)
        for n in (self.turn, last):
            rounds[n] = ops.multiply(rounds[n], self.tile)
        self.around = rounds
        for position in self.staged:
            element = self.body.place(position).element
            type = memref_of(element, (self.tile, self.tile + 1))
            self.memories[position] = ops.append(simt.SharedOp(type))[0]
        for across, down in self._steps(thread, self.read):
            self._read_in(across, down)
        ops.barrier()
        for across, down in self._steps(thread, self.width):
            self._write_out(across, down)
        self.builder.finish(kernels, self.nest.op, self.threads, blocks)

    def _steps(self, thread: SSAValue, width: int) -> list[tuple[Number, Number]]:
        """Return where in the tile a thread is in each of its steps: along and across rows."""
        ops, in_row = self.ops, self.tile // width
        down, across = ops.divide(thread, in_row)
        rows = self.threads // in_row
        return [
            (ops.multiply(across, width), ops.add(down, step * rows))
            for step in range(max(1, self.tile // rows))
        ]

    def _rounds(self, turn: Number, last: Number) -> tuple[list[Number], Condition]:
        """Return the rounds of all loops at a place of the tile, and whether there are such."""
        ops, loops = self.ops, self.nest.parallel
        rounds = list(self.around)
        inside: list[Condition] = []
        for n, moved in ((self.turn, turn), (len(loops) - 1, last)):
            rounds[n] = ops.add(rounds[n], moved)
            is_whole = loops[n].extent % self.tile == 0
            inside.append(True if is_whole else ops.less(rounds[n], loops[n].extent))
        return rounds, ops.both(*inside)

    def _read_in(self, across: Number, down: Number) -> None:
        """Append the copy of some neighbours into the tile's rows."""
        ops, pitch = self.ops, self.tile + 1
        rounds, inside = self._rounds(across, down)

        def copy() -> None:
            for position in self.staged:
                index = self.body.index(position, self.nest.parallel, rounds)
                for lane, value in enumerate(self.body.load(position, index, self.read)):
                    place = ops.place(lane, (down, pitch), (across, 1))
                    ops.append(simt.StoreOp(self.memories[position], place, [value]))

        ops.branch(self._in_tile(down, inside), copy)

    def _in_tile(self, down: Number, inside: Condition) -> Condition:
        rows = self.threads // (self.tile // max(self.read, self.width))
        return self.ops.both(inside, True if rows <= self.tile else self.ops.less(down, self.tile))

    def _write_out(self, across: Number, down: Number) -> None:
        """Append the results of some neighbours, which have the tile's columns."""
        ops, nest, body = self.ops, self.nest, self.body
        rounds, inside = self._rounds(down, across)
        lanes = [[*rounds[:-1], ops.add(rounds[-1], lane)] for lane in range(self.width)]

        def compute() -> None:
            given = [
                body.write(
                    self._arguments(across, down, lane, lanes[lane]), self._numbers(lane, lanes)
                )
                for lane in range(self.width)
            ]
            for output, position in enumerate(nest.outputs):
                values = [results[output] for results in given]
                body.store(position, body.index(position, nest.parallel, lanes[0]), values)

        ops.branch(self._in_tile(down, inside), compute)

    def _numbers(self, lane: int, lanes: Sequence[Sequence[Number]]) -> dict[int, Number]:
        loops = self.nest.parallel
        return {loop.number: round for loop, round in zip(loops, lanes[lane], strict=True)}

    def _arguments(
        self, across: Number, down: Number, lane: int, rounds: Sequence[Number]
    ) -> dict[int, SSAValue]:
        ops, nest, body = self.ops, self.nest, self.body
        found: dict[int, SSAValue] = {}
        for position, place in enumerate(nest.places):
            if place is None or not body.is_used(position):
                continue
            if position in self.memories:
                pitch = self.tile + 1
                index = ops.place(lane * pitch, (across, pitch), (down, 1))
                load = simt.LoadOp(self.memories[position], index, [place.element])
                found[position] = ops.append(load)[0]
            else:
                index = body.index(position, nest.parallel, rounds)
                found[position] = body.load(position, index)[0]
        return found
