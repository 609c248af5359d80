"""Copies of tiles of matrices into shared memory, each thread a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import IntegerType, MemRefType, i32, i64
from xdsl.ir import Attribute, SSAValue

from ..dialects import simt
from ..dialects.simt.memory import bytes_of
from .scalar_ops import integer_type
from .simt_nests import FAR
from .simt_product import Factor, elements_of
from .simt_product_ops import Condition, KernelOps, Number, Values
from .simt_product_schedule import (
    MMA,
    NARROWEST,
    ProductSchedule,
    is_deep,
    is_turned,
    tile_bytes,
    tile_pitch,
    tile_shape,
)

_CHUNK = 16
"""Bytes that are permuted as a whole, and copied at once if they can be."""


@dataclass(frozen=True)
class SharedTile:
    """All stages of a factor's tile in shared memory."""

    memory: SSAValue
    rows: int
    columns: int
    pitch: int
    stage: int
    """Elements of a stage."""
    is_deep: bool
    """Whether what is multiplied lies together."""
    is_turned: bool
    """Whether neighbours outside are far apart."""
    is_permuted: bool
    """Whether the chunks of a row are permuted, so that those of a column are in all banks."""

    def permuted(self, ops: KernelOps, row: Number, column: Number) -> Number:
        """Return the column at which an element of a row lies, all chunks being 8 elements."""
        chunks = self.columns // 8
        if not self.is_permuted or chunks < 2:
            return column
        period = min(chunks, 8)
        turn = ops.remainder(ops.quotient(row, 8 // period), period)
        return ops.xor(column, ops.multiply(turn, 8))

    def index(self, ops: KernelOps, row: Number, column: Number) -> Number:
        """Return where an element of the first stage lies."""
        return ops.add(ops.multiply(row, self.pitch), self.permuted(ops, row, column))


def shared_tile(
    ops: KernelOps, schedule: ProductSchedule, factor: Factor, extent: int, offset: int
) -> SharedTile:
    """Append shared memory for all stages of a factor, at an offset in bytes."""
    rows, columns = tile_shape(schedule, factor, extent)
    pitch = tile_pitch(schedule, factor, columns)
    stage = tile_bytes(schedule, factor, extent) // bytes_of(factor.element)
    memory = shared(ops, factor.element, stage * schedule.stages, offset)
    family = schedule.family
    deep, turned = is_deep(family, factor), is_turned(family, factor)
    return SharedTile(memory, rows, columns, pitch, stage, deep, turned, family == MMA)


def shared(ops: KernelOps, element: Attribute, count: int, offset: int) -> SSAValue:
    """Append so many elements of shared memory, at an offset in bytes."""
    return ops.append(simt.SharedOp(MemRefType(element, [count]), offset))[0]


def far_type(memory: SSAValue) -> IntegerType:
    """Return the type of indices into some memory."""
    return i32 if elements_of(memory) <= FAR else i64


def _copied_type(factor: Factor, extent: int, depth: int) -> IntegerType:
    """Return the type of indices into a factor, and beyond: what isn't there is counted too."""
    across = (-(-factor.extent // extent) * extent) * abs(factor.across)
    along = (-(-factor.depth // depth) * depth) * abs(factor.along)
    end = elements_of(factor.memory) + across + along
    return i32 if end <= FAR else i64


@dataclass(frozen=True)
class _Piece:
    """What a thread copies at once."""

    across: Number
    depth: Number
    source: SSAValue
    """Where it begins in the first round."""
    target: Number


class TileCopy:
    """The copies of one factor: `begin` starts those of a round, `finish` completes them."""

    def __init__(
        self,
        ops: KernelOps,
        factor: Factor,
        tile: SharedTile,
        depth: int,
        *,
        memory: SSAValue,
        thread: Number,
        threads: int,
        start: Number,
        batch: Sequence[Number],
    ) -> None:
        self.ops = ops
        self.factor = factor
        self.tile = tile
        self.depth = depth
        self.memory = memory
        self.is_deep = tile.is_deep
        self.size = bytes_of(factor.element)
        self.far = _copied_type(factor, tile.rows if tile.is_deep else tile.columns, depth)
        self.width = self._width(threads)
        self.is_async = self.width * self.size >= NARROWEST
        self.pieces = self._pieces(thread, threads, start, batch)

    def _width(self, threads: int) -> int:
        """Return how many elements are copied at once.

        They are aligned everywhere, and there is work for all threads.
        """
        factor, tile = self.factor, self.tile
        column, row = (factor.along, factor.across)[:: 1 if self.is_deep else -1]
        if column != 1:
            return 1
        steps = (factor.first, row, *factor.outer, *factor.taps)
        width = _CHUNK // self.size
        while any(step % width for step in steps) or tile.rows * tile.columns // width % threads:
            width //= 2
        return width if width * self.size >= NARROWEST else 1

    def _pieces(
        self, thread: Number, threads: int, start: Number, batch: Sequence[Number]
    ) -> list[_Piece]:
        ops, factor, tile = self.ops, self.factor, self.tile
        row_pieces = tile.columns // self.width
        outer = list(zip(batch, factor.outer, strict=True))
        pieces: list[_Piece] = []
        # Neighbouring threads copy what are neighbours outside.
        inner = tile.rows if tile.is_turned else row_pieces
        far, near = ops.divide(thread, inner)
        for number in range(tile.rows * row_pieces // threads):
            if threads % inner == 0:
                places: tuple[Number, Number] = ops.add(far, number * (threads // inner)), near
            else:
                places = ops.divide(ops.add(thread, number * threads), inner)
            at_row, at_column = places[:: -1 if tile.is_turned else 1]
            first = ops.multiply(at_column, self.width)
            across, depth = (at_row, first) if self.is_deep else (first, at_row)
            across = ops.add(start, across)
            steps = (across, factor.across), (depth, factor.along)
            source = ops.place(factor.first, *steps, *outer, type=self.far)
            pieces.append(_Piece(across, depth, source, tile.index(ops, at_row, first)))
        return pieces

    def begin(self, chunk: Number, taps: Sequence[Number], stage: Number) -> Values:
        """Start the copies for a part of the sums into a stage; return what waits in registers."""
        ops, factor = self.ops, self.factor
        left = ops.add(factor.depth, ops.multiply(chunk, -self.depth))
        moved = (chunk, self.depth * factor.along), *zip(taps, factor.taps, strict=True)
        offset = ops.place(0, *moved, type=self.far)
        if not self.is_async:
            return [self._read(piece, offset, left) for piece in self.pieces]
        base = ops.multiply(stage, self.tile.stage)
        for piece in self.pieces:
            source = ops.add_far(piece.source, offset)
            target = ops.value(ops.add(base, piece.target))
            bytes = self.width * self.size
            valid = ops.multiply(self._valid(piece, left), self.size)
            is_whole = isinstance(valid, int) and valid == bytes
            ops.append(
                simt.AsyncCopyOp(
                    self.memory,
                    source,
                    self.tile.memory,
                    target,
                    bytes,
                    None if is_whole else ops.value(valid),
                )
            )
        return ()

    def finish(self, waiting: Values, stage: Number) -> None:
        """Write to a stage what waits in registers."""
        ops = self.ops
        base = ops.multiply(stage, self.tile.stage)
        for value, piece in zip(waiting, self.pieces if waiting else (), strict=True):
            target = ops.value(ops.add(base, piece.target))
            ops.store(self.tile.memory, target, [value], self.size)

    def _read(self, piece: _Piece, offset: SSAValue, left: Number) -> SSAValue:
        """Return an element, 0 where there is none: then the first of the memory is read."""
        ops = self.ops
        type = integer_type(8 * self.size)
        source = ops.add_far(piece.source, offset)
        is_there = self._is_there(piece, left)
        if isinstance(is_there, bool):
            if not is_there:
                return ops.constant(0, type)
            return ops.load(self.memory, source, type, 1, self.size)[0]
        source = ops.select(is_there, source, ops.constant(0, self.far))
        value = ops.load(self.memory, source, type, 1, self.size)[0]
        return ops.select(is_there, value, ops.constant(0, type))

    def _is_there(self, piece: _Piece, left: Number) -> Condition:
        """Return whether the first element of a piece is one of the matrix."""
        return self.ops.both(self._is_across(piece), self._is_along(piece, left))

    def _is_across(self, piece: _Piece) -> Condition:
        extent = self.tile.rows if self.is_deep else self.tile.columns
        fits = self.factor.extent % extent == 0
        return fits or self.ops.less(piece.across, self.factor.extent)

    def _is_along(self, piece: _Piece, left: Number) -> Condition:
        return self.factor.depth % self.depth == 0 or self.ops.less(piece.depth, left)

    def _valid(self, piece: _Piece, left: Number) -> Number:
        """Return how many elements of a piece are of the matrix."""
        ops, factor = self.ops, self.factor
        extent = factor.depth if self.is_deep else factor.extent
        if extent % self.width == 0:
            return ops.choose(self._is_there(piece, left), self.width, 0)
        if self.is_deep:
            is_row, ahead = self._is_across(piece), ops.difference(left, piece.depth)
        else:
            is_row = self._is_along(piece, left)
            ahead = ops.difference(factor.extent, piece.across)
        return ops.choose(is_row, ops.between(ahead, self.width), 0)
