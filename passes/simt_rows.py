"""Kernels that go through rows once: a row is in the registers of a warp, or of a block."""

from __future__ import annotations

from collections.abc import Container, Sequence

from xdsl.dialects import memref
from xdsl.dialects.builtin import i32, i64
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Block, Operation, SSAValue

from ..dialects.simt.memory import WIDEST, bytes_of
from ..dialects.simt.scalar_ops import needs_host
from ..dialects.simt.schedule import NAME, ON_HOST, Schedule, schedule_of
from .fuse_rows import BETWEEN, Run, runs_of
from .loop_nests import RowNest, in_rows, loop_nest
from .simt_combiners import combined, tree
from .simt_kernel import KernelBuilder, Kernels, NestBody
from .simt_lanes import Lanes
from .simt_nests import FAR
from .simt_product_ops import Condition, Number
from .simt_row_programs import (
    Cell,
    GrowingProgram,
    RowProgram,
    RowStep,
    is_aligned,
    is_only_used_by,
    is_worth_it,
)

_MOST = 64
"""Nests of a kernel."""


def schedule_rows(block: Block, group: int, apart: Container[Operation] = ()) -> int:
    """Write schedules on the nests of a block that run together; return the next group.

    The nests in `apart` have kernels already.
    """
    for run in runs_of(block, apart):
        group = _schedule_run(run, group)
    return group


def _schedule_run(run: Run, group: int) -> int:
    start = 0
    while start < len(run.nests):
        program, start = _longest(run.nests, start)
        schedule = None if program is None else program.schedule(group)
        if program is None or schedule is None:
            continue
        for step in program.steps:
            schedule.attach(step.nest.op)
        group += 1
    return group


def _longest(nests: Sequence[RowNest], start: int) -> tuple[RowProgram | None, int]:
    """Return the longest program from a nest on, and where to go on looking.

    Where nothing is reduced there is none to find behind any of the nests that would fit.
    """
    growing = GrowingProgram(nests[start].rows)
    best, reduces = None, False
    stop = start
    for nest in nests[start : start + _MOST]:
        if not _is_free(nest) or not growing.add(nest):
            break
        stop += 1
        reduces |= bool(growing.steps[-1].combiners)
        if is_worth_it(growing.steps):
            best = growing.program()
    if best is not None:
        return best, start + len(best.steps)
    return None, (start + 1 if reduces else max(stop, start + 1))


def _is_free(nest: RowNest) -> bool:
    """Return whether nothing is decided yet, and a device has code for it."""
    op = nest.op
    decided = NAME in op.attributes or ON_HOST in op.attributes
    return not decided and not any(needs_host(inner) for inner in op.body.block.ops)


def program_at(op: GenericOp) -> RowProgram | None:
    """Return what the neighbouring ops do together that have the schedule of one.

    None where they don't fit into one kernel.
    """
    schedule = schedule_of(op)
    if schedule is None:
        return None
    growing = GrowingProgram(schedule["rows"])
    following: Operation | None = op
    while isinstance(following, (GenericOp, *BETWEEN)):
        if isinstance(following, GenericOp):
            if schedule_of(following) != schedule:
                break
            nest = loop_nest(following)
            row = None if nest is None else in_rows(nest, schedule["rows"])
            if row is None or not growing.add(row):
                return None
        following = following.next_op
    return growing.program()


def lower_rows(program: RowProgram, schedule: Schedule, kernels: Kernels) -> None:
    """Replace nests that share rows by one kernel."""
    _Rows(program, schedule).write(kernels)
    ops = [step.nest.op for step in program.steps]
    storages = {cell.storage for cell in program.cells}
    operands = [value for op in ops for value in op.operands]
    for op in ops:
        op.detach()
        op.erase()
    for value in operands:
        _erase_view(value)
    for storage in storages:
        _erase_memory(storage)


def _erase_view(value: SSAValue) -> None:
    view = value.owner
    is_view = isinstance(view, memref.SubviewOp | memref.ReinterpretCastOp)
    if is_view and value.first_use is None and view.parent is not None:
        source = view.source
        view.detach()
        view.erase()
        _erase_view(source)


def _erase_memory(storage: SSAValue) -> None:
    """Remove memory that nothing uses any more, and views that nothing ever used."""
    for use in list(storage.uses):
        for result in use.operation.results:
            _erase_view(result)
    uses = [use.operation for use in storage.uses]
    if isinstance(storage.owner, memref.AllocOp) and all(
        isinstance(user, memref.DeallocOp) for user in uses
    ):
        for op in (*uses, storage.owner):
            op.detach()
            op.erase()


class _Rows:
    """One kernel. Values that its threads have are kept by the cell that they are of."""

    def __init__(self, program: RowProgram, schedule: Schedule) -> None:
        self.program = program
        self.length = program.length
        self.threads = max(schedule["threads"], 1)
        self.lanes = max(schedule["lanes"], 1)
        self.width = max(schedule["width"], 1)
        self.chunks = -(-self.length // (self.width * self.lanes))
        self.before = program.steps[-1].nest.op
        self.builder = KernelBuilder(program.steps[0].nest.op.location)
        self.ops = self.builder.ops
        farthest = max(
            cell.first + cell.row * program.rows + sum(e * abs(s) for e, s in cell.steps)
            for cell in program.cells
        )
        self.type = i32 if farthest <= FAR else i64
        self.rows: dict[Cell, list[SSAValue]] = {}
        self.singles: dict[Cell, SSAValue] = {}
        self.near: list[Number] = []
        """For each chunk the number of neighbours that a thread has; a last one for too many."""
        self.inside: list[Condition] = []
        self.row: Number = 0
        self.valid: Condition = True
        self.thread: Number = 0
        self.lane: Number = 0

    def write(self, kernels: Kernels) -> None:
        """Write the kernel into the module."""
        ops, program = self.ops, self.program
        many = self.threads // self.lanes
        blocks = -(-program.rows // many)
        self.thread = self.builder.thread_id() if self.threads > 1 else 0
        number, self.lane = ops.divide(self.thread, self.lanes)
        row = ops.add(ops.multiply(self.builder.block_offset(blocks), many), number)
        self.valid = True if program.rows % many == 0 else ops.less(row, program.rows)
        self.row = row if self.valid is True else ops.choose(self.valid, row, program.rows - 1)
        groups = self.length // self.width
        for n in range(self.chunks):
            chunk = ops.add(self.lane, n * self.lanes)
            inside = True if (n + 1) * self.lanes <= groups else ops.less(chunk, groups)
            self.inside.append(inside)
            self.near.append(chunk if inside is True else ops.choose(inside, chunk, groups - 1))
        for step in program.steps:
            self._write_step(step)
        self.builder.finish(kernels, self.before, self.threads, blocks)

    def _write_step(self, step: RowStep) -> None:
        if step.is_single:
            self._write_single(step)
        elif step.combiners:
            self._write_reduction(step)
        else:
            self._write_row(step)

    def _write_single(self, step: RowStep) -> None:
        body = NestBody(self.builder, step.nest)
        arguments = {
            position: self._single(cell)
            for position, cell in enumerate(step.cells)
            if cell is not None and body.is_used(position)
        }
        for position, value in zip(step.nest.outputs, body.write(arguments, {}), strict=True):
            self._keep_single(step.cells[position], value)

    def _write_row(self, step: RowStep) -> None:
        body = NestBody(self.builder, step.nest)
        operands = self._operands(step, body)
        results: list[list[SSAValue]] = [[] for _ in step.nest.outputs]
        for n in range(self.chunks * self.width):
            given = body.write({position: values[n] for position, values in operands.items()}, {})
            for values, value in zip(results, given, strict=True):
                values.append(value)
        for position, values in zip(step.nest.outputs, results, strict=True):
            cell = step.cells[position]
            assert cell is not None, "outputs are buffers"
            self.rows[cell] = values
            if not is_only_used_by(cell.storage, self.program):
                self._store_row(cell, values)

    def _write_reduction(self, step: RowStep) -> None:
        ops, body = self.ops, NestBody(self.builder, step.nest)
        operands = self._operands(step, body)
        skipped = [combiner.op for combiner in step.combiners]
        terms: list[list[SSAValue]] = [[] for _ in step.combiners]
        for n in range(self.chunks * self.width):
            known = body.values({p: values[n] for p, values in operands.items()}, {}, skipped)
            inside = self.inside[n // self.width]
            for combiner, found in zip(step.combiners, terms, strict=True):
                term = combiner.partial(ops, known[combiner.term])
                if isinstance(inside, SSAValue):
                    term = ops.select(inside, term, combiner.start(ops))
                found.append(term)
        partial = [tree(ops, c, found) for c, found in zip(step.combiners, terms, strict=True)]
        lanes = Lanes(ops, self.thread, self.lane, self.lanes, self.threads)
        totals = lanes.together(partial, lambda a, b: combined(ops, step.combiners, a, b))
        for combiner, total in zip(step.combiners, totals, strict=True):
            cell = step.cells[combiner.position]
            assert cell is not None, "outputs are buffers"
            before = combiner.partial(ops, self._single(cell))
            result = combiner.combine(ops, before, total)
            self._keep_single(cell, combiner.element_of(ops, result))

    def _operands(self, step: RowStep, body: NestBody) -> dict[int, list[SSAValue]]:
        """Return the elements of operands that a thread has, by position; outputs' too."""
        reduced = {combiner.position for combiner in step.combiners}
        found: dict[int, list[SSAValue]] = {}
        for position, cell in enumerate(step.cells):
            if cell is None or position in reduced or not body.is_used(position):
                continue
            if cell.is_single:
                found[position] = [self._single(cell)] * (self.chunks * self.width)
            else:
                found[position] = self._row(cell)
        return found

    def _single(self, cell: Cell) -> SSAValue:
        """Return the element of a row that all threads of the row have."""
        if cell not in self.singles:
            place = self.ops.place(cell.first, self._of_row(cell), type=self.type)
            self.singles[cell] = self._load(cell, place, 1)[0]
        return self.singles[cell]

    def _keep_single(self, cell: Cell | None, value: SSAValue) -> None:
        assert cell is not None, "outputs are buffers"
        self.singles[cell] = value
        if is_only_used_by(cell.storage, self.program):
            return
        ops = self.ops
        is_first = ops.equal(self.lane, 0) if self.lanes > 1 else True

        def store() -> None:
            place = ops.place(cell.first, self._of_row(cell), type=self.type)
            self._store(cell, place, [value])

        ops.branch(ops.both(self.valid, is_first), store)

    def _row(self, cell: Cell) -> list[SSAValue]:
        """Return a thread's elements of a row."""
        if cell not in self.rows:
            found: list[SSAValue] = []
            for near in self.near:
                if is_aligned(cell, self.length, self.width):
                    place = self._place(cell, near, 0)
                    found += self._load(cell, place, self.width)
                else:
                    for lane in range(self.width):
                        found += self._load(cell, self._place(cell, near, lane), 1)
            self.rows[cell] = found
        return self.rows[cell]

    def _store_row(self, cell: Cell, values: Sequence[SSAValue]) -> None:
        for n, (near, inside) in enumerate(zip(self.near, self.inside, strict=True)):
            chunk = values[n * self.width : (n + 1) * self.width]

            def store(near: Number = near, chunk: Sequence[SSAValue] = chunk) -> None:
                if is_aligned(cell, self.length, self.width):
                    self._store(cell, self._place(cell, near, 0), chunk)
                    return
                for lane, value in enumerate(chunk):
                    self._store(cell, self._place(cell, near, lane), [value])

            self.ops.branch(self.ops.both(self.valid, inside), store)

    def _place(self, cell: Cell, near: Number, lane: int) -> SSAValue:
        """Return the index of an element of a row."""
        ops = self.ops
        number = ops.add(ops.multiply(near, self.width), lane)
        extents = [extent for extent, _ in cell.steps]
        rounds = self.builder.indices(number, extents)
        steps = [(round, step) for round, (_, step) in zip(rounds, cell.steps, strict=True)]
        return ops.place(cell.first, self._of_row(cell), *steps, type=self.type)

    def _of_row(self, cell: Cell) -> tuple[Number, int]:
        row = self.ops.remainder(self.row, cell.again) if cell.again else self.row
        return row, cell.row

    def _load(self, cell: Cell, place: SSAValue, many: int) -> Sequence[SSAValue]:
        align = min(many * bytes_of(cell.element), WIDEST)
        return self.ops.load(self.builder.parameter(cell.storage), place, cell.element, many, align)

    def _store(self, cell: Cell, place: SSAValue, values: Sequence[SSAValue]) -> None:
        align = min(len(values) * bytes_of(cell.element), WIDEST)
        self.ops.store(self.builder.parameter(cell.storage), place, values, align)
