"""A product of matrices while it is written: its schedule, its workspace, where its parts are."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ...dialects.contraction import OUTER, STREAM, Contraction, Schedule
from ...dialects.split import BATCH, COLUMNS, ROWS
from ..llvm_ir.text import FunctionText
from .epilogue import Tail
from .kernel import Kernel
from .nest import Operand
from .vectors import Vectors

ROOM = 16
"""Elements left free behind a copied row or panel: else many began at one place of the cache."""

_TILES = 12


@dataclass(frozen=True)
class Product:
    """A contraction, its schedule, and where its matrices are."""

    contraction: Contraction
    schedule: Schedule
    lhs: Operand
    rhs: Operand
    out: Operand
    overwrites: bool
    """Whether the result would be cleared before: then nothing is there to be added to."""
    split: int | str | None = None
    """Which loop threads share, if they do."""

    @property
    def is_lhs_packed(self) -> bool:
        """Whether a tile's rows on the left are copied; narrow floats have to be."""
        return self.schedule.pack_lhs or self.lhs.buffer.element.is_narrow

    @property
    def is_rhs_packed(self) -> bool:
        """Whether a block on the right is copied; one whose rows are no neighbours has to be."""
        narrow = self.rhs.buffer.element.is_narrow
        return self.schedule.pack_rhs or narrow or self.contraction.n.rhs != 1

    @property
    def has_taps_inside(self) -> bool:
        """Whether a tile goes through all taps while it is in registers: no copy has them all."""
        return not self.is_lhs_packed and not self.is_rhs_packed

    def rows_beside(self, columns: int) -> int:
        """Return the rows of a tile of that many columns, as many as registers have room for."""
        lanes, rows = self.schedule.lanes, self.schedule.rows
        if self.is_lhs_packed:
            return rows
        vectors = rows * self.schedule.columns // lanes
        return max(vectors // -(-columns // lanes), 1)

    @property
    def panels(self) -> tuple[int, int]:
        """How many panels have the schedule's columns, and of how many the last is, if any."""
        columns = self.schedule.columns
        full, left = divmod(self.contraction.n.extent, columns)
        if full and 0 < left <= self.schedule.lanes and not self.is_rhs_packed:
            # A vector by itself would keep too few sums in flight.
            return full - 1, left + columns
        return full, left

    @property
    def panel(self) -> int:
        """How many elements of the workspace a panel of columns takes."""
        return self.schedule.depth * self.schedule.columns + ROOM

    @property
    def tile(self) -> int:
        """How many elements of the workspace the rows of a tile on the left take."""
        return self.schedule.rows * (self.schedule.depth + ROOM)

    @property
    def tiles(self) -> int:
        """Of how many tiles the rows are copied at once: many where they are neighbours."""
        return _TILES if self.contraction.m.lhs == 1 else 1

    @property
    def packed_columns(self) -> int:
        """Elements of the workspace for the copy of a block on the right."""
        panels = -(-self.contraction.n.extent // self.schedule.columns)
        at_once = min(panels, self.schedule.width // self.schedule.columns)
        return self.panel * at_once if self.is_rhs_packed else 0

    def can_share(self, loop: int | str | None) -> bool:
        """Return whether there is a loop of that name whose rounds write other elements each."""
        outer = self.contraction.outer
        if loop == BATCH:
            return bool(outer) and not outer[0].is_reduction
        return loop == COLUMNS or (loop == ROWS and self.schedule.kind != STREAM)

    @property
    def pieces(self) -> int:
        """How many pieces of the shared loop there are."""
        schedule, contraction = self.schedule, self.contraction
        if self.split is None:
            return 0
        if self.split == BATCH:
            return contraction.outer[0].extent
        if self.split == ROWS:
            # Wider panels have tiles of fewer rows, and so more of them.
            widest = max(schedule.columns, self.panels[1])
            rows = self.rows_beside(widest) if schedule.kind == OUTER else schedule.rows
            return -(-contraction.m.extent // rows)
        if schedule.kind == OUTER:
            full, left = self.panels
            return full + bool(left)
        size = schedule.lanes if schedule.kind == STREAM else schedule.columns
        return -(-contraction.n.extent // size)

    @property
    def workspace(self) -> int:
        """Bytes of the workspace."""
        if self.schedule.kind != OUTER:
            return 0
        rows = self.tile * self.tiles if self.is_lhs_packed else 0
        return (self.packed_columns + rows) * self.out.buffer.element.bytes


@dataclass(frozen=True)
class Matrices:
    """The addresses of the elements where a part begins."""

    lhs: str
    rhs: str
    out: str


@dataclass(frozen=True)
class ProductWriter:
    """Writes the parts of a product into the function of its nest."""

    kernel: Kernel
    product: Product
    vectors: Vectors
    tails: tuple[Tail, ...] = ()
    """What follows, from the rows and columns on that are being written."""
    is_complete: str = "true"
    """LLVM's i1: if it holds, no outer loop will add to the sums again."""

    @property
    def text(self) -> FunctionText:
        """The function's text."""
        return self.kernel.text

    @contextmanager
    def part(self, loop: str, before: int, many: int) -> Generator[tuple[str, int | str]]:
        """Write what is done of `many` pieces of a loop; give the first and how many there are.

        Where threads share the loop, `before` pieces of it came before these.
        """
        with self.text.part_if(self.product.split == loop, before, many) as part:
            yield part

    def moved(self, at: Matrices, index: str, lhs: int = 0, rhs: int = 0, out: int = 0) -> Matrices:
        """Write the addresses that many elements, times the index, further on."""
        memory = [
            operand.buffer.element.memory
            for operand in (self.product.lhs, self.product.rhs, self.product.out)
        ]
        return Matrices(
            self.text.offset(at.lhs, memory[0], index, lhs),
            self.text.offset(at.rhs, memory[1], index, rhs),
            self.text.offset(at.out, memory[2], index, out),
        )

    def further(self, axis: int, index: str, factor: int = 1) -> ProductWriter:
        """Write where the tails are, that many rounds of a loop further on: `m`, `n`, or outer."""
        tails = tuple(tail.moved(self.text, axis, index, factor) for tail in self.tails)
        return replace(self, tails=tails)

    def completed_by(self, index: str, extent: int) -> ProductWriter:
        """Write whether sums are complete inside a loop that adds to them."""
        return replace(self, is_complete=self.is_last(index, extent)) if self.tails else self

    def is_last(self, index: str, extent: int) -> str:
        """Write whether a loop is in its last round, and those around are."""
        last = self.text.assign(f"icmp eq i64 {index}, {extent - 1}")
        if self.is_complete == "true":
            return last
        return self.text.assign(f"and i1 {self.is_complete}, {last}")

    def finish(self, rows: int, panels: int | str, columns: int, is_last: str) -> None:
        """Write the calls of what follows, for some rows of panels whose sums may be complete."""
        if self.tails:
            with self._if(is_last):
                for tail in self.tails:
                    tail.call(self.text, rows, panels, columns)

    def fetch_tails(self, rows: int, is_last: str) -> None:
        """Write hints that a tile's elements of what the tails need beside the sums will be used.

        A processor doesn't foresee it: of each row a tail touches a few lines only.
        """
        sums = self.product.out.parameter
        beside = {
            (one.pointer, row * one.access.steps[0]): one
            for tail in self.tails
            for one in tail.operands
            for row in range(rows)
            if one.parameter != sums and one.access.steps[0]
        }
        if beside:
            with self._if(is_last):
                for (pointer, moved), one in beside.items():
                    place = self.text.offset(pointer, one.element.memory, str(moved), 1)
                    self.vectors.prefetch(place, written=one.is_written)

    @contextmanager
    def _if(self, condition: str) -> Generator[None]:
        """Write what is done where a condition holds."""
        if condition == "true":
            yield
            return
        then, end = self.text.labels("then", "end")
        self.text.emit(f"br i1 {condition}, label %{then}, label %{end}")
        self.text.start(then)
        yield
        self.text.emit(f"br label %{end}")
        self.text.start(end)

    def behind(self, pointer: str, index: str, step: int) -> str:
        """Write the address of an element of the sum's type further on."""
        return self.text.offset(pointer, self.vectors.element.register, index, step)


@contextmanager
def blocks(text: FunctionText, extent: int | str, size: int) -> Generator[tuple[str, int | str]]:
    """Write a loop over parts; give each one's first round and how many it has."""
    if isinstance(extent, int):
        if extent <= size:
            yield "0", extent
            return
        count: int | str = -(-extent // size)
    elif size == 1:
        with text.loop(extent) as loop:
            yield loop.index, 1
        return
    else:
        count = text.assign(f"udiv i64 {text.assign(f'add nsw i64 {extent}, {size - 1}')}, {size}")
    with text.loop(count) as loop:
        first = text.scaled(loop.index, size)
        if isinstance(extent, int) and extent % size == 0:
            yield first, size
        else:
            left = text.assign(f"sub nsw i64 {extent}, {first}")
            yield first, text.smaller(left, str(size))


def even_parts(extent: int, longest: int) -> list[tuple[int, int, int]]:
    """Return (first, length, how many) of parts that differ by one at most."""
    parts = -(-extent // longest)
    length, longer = divmod(extent, parts)
    found = [(0, length + 1, longer), (longer * (length + 1), length, parts - longer)]
    return [part for part in found if part[2]]
