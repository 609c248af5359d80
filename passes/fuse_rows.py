"""Let neighbouring loop nests go through their rows together, a few rows at a time."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from xdsl.context import Context
from xdsl.dialects import arith, func, memref
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, SSAValue
from xdsl.passes import ModulePass

from ..dialects.contraction import contraction_of
from ..dialects.epilogue import is_marked
from .loop_nests import LoopNest, RowNest, bytes_of, in_rows, loop_nest, row_counts
from .row_tiles import write_tiles


@dataclass(frozen=True)
class FuseRowsPass(ModulePass):
    """Tile the rows of neighbouring loop nests on buffers, so that a few rows stay in the cache.

    Nests are fused where each row of one reads and writes but its own rows of what the others
    write; what a nest leaves for the next is read again before it leaves the cache, and memory
    that only they use is as long as a tile. Products of matrices are left alone.
    A tile has as many rows as fit into `tile_bytes`; nests that touch less than `least_bytes`
    are in the cache as they are.
    Source: loop fusion and tiling as in MLIR's `linalg` transformations,
    <https://mlir.llvm.org/docs/Dialects/Linalg/>.
    """

    name = "fuse-rows"

    tile_bytes: int = 24 * 1024
    least_bytes: int = 256 * 1024

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the bodies of all functions of buffers."""
        for function in op.body.block.ops:
            if isinstance(function, func.FuncOp) and not function.is_declaration:
                for run in runs_of(function.body.block):
                    self._tile(run)

    def _tile(self, run: Run) -> None:
        row = sum(span.row * bytes_of(storage) for storage, span in run.spans.items())
        if len(run.nests) < 2 or run.rows * row < self.least_bytes or row > 4 * self.tile_bytes:
            return
        rows = max(1, self.tile_bytes // row)
        again = {operand.again for nest in run.nests for operand in nest.operands if operand}
        while any(rounds % rows for rounds in again):
            rows -= 1
        if rows < run.rows:
            write_tiles(run.nests, run.lows(), rows)


BETWEEN = (
    *(arith.ConstantOp, memref.AllocOp, memref.GetGlobalOp),
    *(memref.SubviewOp, memref.ReinterpretCastOp),
)
"""Ops that touch no memory: they may stand before the loops that are fused."""


@dataclass
class _Span:
    """What the rows of a run touch of one piece of memory."""

    row: int
    low: int
    high: int
    is_written: bool
    again: int = 0
    """After so many rows the first comes again; 0 if it doesn't."""

    @property
    def is_disjoint(self) -> bool:
        """Whether no row touches what another writes."""
        if not self.is_written:
            return True
        return self.row > 0 and self.high - self.low < self.row and not self.again


@dataclass
class Run:
    """Nests that can go through their rows together."""

    rows: int
    nests: list[RowNest] = field(default_factory=list[RowNest])
    spans: dict[SSAValue, _Span] = field(default_factory=dict[SSAValue, _Span])

    def add(self, nest: RowNest | None) -> bool:
        """Add a nest if its rows touch no others of what the run writes; return whether."""
        if nest is None or nest.contracts:
            return False
        written = {operand.storage for operand in nest.written}
        spans: dict[SSAValue, _Span] = {}
        for operand in nest.operands:
            if operand is None:
                continue
            old = spans.get(operand.storage) or self.spans.get(operand.storage)
            is_written = operand.storage in written
            new = _Span(operand.row, operand.low, operand.high, is_written, operand.again)
            spans[operand.storage] = new if old is None else _together(old, new)
        if not all(span.is_disjoint for span in spans.values()):
            return False
        self.spans |= spans
        self.nests.append(nest)
        return True

    def without_last(self) -> Run:
        """Return the run of all nests but the last."""
        run = Run(self.rows)
        for nest in self.nests[:-1]:
            run.add(nest)
        return run

    def lows(self) -> dict[SSAValue, int]:
        """Return the first element of memory that nothing but the run uses."""
        ops = {nest.op for nest in self.nests}
        return {
            storage: span.low
            for storage, span in self.spans.items()
            if isinstance(storage.owner, memref.AllocOp)
            and span.is_written
            and _uses_are_in(storage, ops)
        }


def _together(a: _Span, b: _Span) -> _Span:
    row = a.row if a.row == b.row else 0
    low, high = min(a.low, b.low), max(a.high, b.high)
    return _Span(row, low, high, a.is_written or b.is_written, max(a.again, b.again))


def _uses_are_in(value: SSAValue, ops: set[linalg.GenericOp]) -> bool:
    for use in value.uses:
        user = use.operation
        if isinstance(user, memref.SubviewOp | memref.ReinterpretCastOp):
            if not _uses_are_in(user.results[0], ops):
                return False
        elif user not in ops and not isinstance(user, memref.DeallocOp):
            return False
    return True


def runs_of(block: Block, apart: Container[Operation] = ()) -> list[Run]:
    """Return the longest runs of nests in a block that can be fused, in order.

    The nests in `apart` are in none of them.
    """
    runs: list[Run] = []
    neighbours: list[LoopNest] = []
    for op in (*block.ops, None):
        nest = None
        if isinstance(op, linalg.GenericOp) and op not in apart and not _is_kept(op):
            nest = loop_nest(op)
        if nest is not None:
            neighbours.append(nest)
        elif not isinstance(op, BETWEEN):
            runs += _divided(neighbours)
            neighbours = []
    return runs


def _is_kept(op: linalg.GenericOp) -> bool:
    """Return whether an op is to run together with its neighbour already."""
    return is_marked(op) or is_marked(op.next_op)


def _divided(nests: Sequence[LoopNest]) -> list[Run]:
    runs: list[Run] = []
    start = 0
    while start < len(nests):
        run = _longest(nests, start)
        start += max(1, len(run.nests))
        runs.append(run)
    return runs


def _longest(nests: Sequence[LoopNest], start: int) -> Run:
    """Return the longest run from a nest on; of equal ones that of the most rows."""
    best = Run(1)
    for rows in row_counts(nests[start]):
        run = Run(rows)
        for nest in nests[start:]:
            if not run.add(in_rows(nest, rows)):
                break
        if run.nests and _starts_product(run.nests[-1].op):
            run = run.without_last()
        if len(run.nests) >= len(best.nests):
            best = run
    return best


def _starts_product(op: linalg.GenericOp) -> bool:
    """Return whether an op writes where the product behind it starts from.

    Its kernel need not read what was only cleared, which it sees where the two stay together.
    """
    product = op.next_op
    if not isinstance(product, linalg.GenericOp) or op.outputs[0] is not product.outputs[0]:
        return False
    return not op.inputs and contraction_of(product) is not None
