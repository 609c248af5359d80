"""Reads sums of products of two tensors: which loops are batches, rows, columns and sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import cast

from xdsl.dialects import arith
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineMap

from .structured_ops import element_of, loops, shape_of


@dataclass(frozen=True)
class Product:
    """`out[batch, rows, columns] = start + Σ_depth lhs[batch, rows, depth] * rhs[...]`.

    Each group of loops is numbered as in the op; `extents` has their rounds.
    """

    op: Operation
    lhs: SSAValue
    rhs: SSAValue
    start: SSAValue
    extents: tuple[int, ...]
    batch: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    depth: tuple[int, ...]
    lhs_loops: tuple[int, ...]
    rhs_loops: tuple[int, ...]

    @property
    def result(self) -> SSAValue:
        """The sums."""
        return self.op.results[0]

    @property
    def element(self) -> Attribute:
        """The element type of the factors."""
        return element_of(self.lhs)

    def size(self, group: Sequence[int]) -> int:
        """Return the rounds of some loops together."""
        return prod(self.extents[loop] for loop in group)

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """The extents that batches, rows, columns and sums have as one axis each."""
        groups = (self.batch, self.rows, self.columns, self.depth)
        batch, rows, columns, depth = (self.size(group) for group in groups)
        return batch, rows, columns, depth

    @property
    def is_placed(self) -> bool:
        """Whether both factors have their axes in the order batch, row or sum, column."""
        return self.lhs_loops == (*self.batch, *self.rows, *self.depth) and self.rhs_loops == (
            *self.batch,
            *self.depth,
            *self.columns,
        )


def product_of(op: Operation) -> Product | None:
    """Return what an op sums up; None if it isn't one of products of two tensors."""
    if isinstance(op, linalg.MatmulOp):
        rows, depth = shape_of(op.inputs[0])
        extents = rows, shape_of(op.inputs[1])[1], depth
        parts = op.inputs[0], op.inputs[1], op.outputs[0]
        return Product(op, *parts, extents, (), (0,), (1,), (2,), (0, 2), (2, 1))
    if not isinstance(op, linalg.GenericOp) or (len(op.inputs), len(op.outputs)) != (2, 1):
        return None
    kinds = [kind.data is IteratorType.PARALLEL for kind in op.iterator_types]
    maps = [_loops(map.data) for map in op.indexing_maps]
    if not _multiplies(op.body.block, summed=not all(kinds)):
        return None
    lhs, rhs, out = maps
    if lhs is None or rhs is None or out is None:
        return None
    free = [loop for loop, is_parallel in enumerate(kinds) if is_parallel]
    batch = [loop for loop in out if loop in lhs and loop in rhs]
    rows = [loop for loop in out if loop in lhs and loop not in rhs]
    columns = [loop for loop in out if loop in rhs and loop not in lhs]
    depth = [loop for loop in lhs if loop in rhs and loop not in out]
    if [*batch, *rows, *columns] != list(out) or sorted(out) != free:
        return None
    if sorted([*out, *depth]) != list(range(len(kinds))):
        return None
    found: dict[int, int] = {}
    for value, axes in ((op.inputs[0], lhs), (op.inputs[1], rhs)):
        found |= dict(zip(axes, shape_of(value), strict=True))
    extents = tuple(found[loop] for loop in range(len(kinds)))
    groups = tuple(batch), tuple(rows), tuple(columns), tuple(depth)
    return Product(op, op.inputs[0], op.inputs[1], op.outputs[0], extents, *groups, lhs, rhs)


def placed_maps(product: Product) -> list[tuple[tuple[int, int, int], ...]]:
    """Return the accesses of a product whose groups of loops are one loop each."""
    batch = [0] if product.batch else []
    first = len(batch)
    row, column, depth = first, first + 1, first + 2
    return [
        loops([*batch, row, depth]),
        loops([*batch, depth, column]),
        loops([*batch, row, column]),
    ]


def _loops(map: AffineMap) -> tuple[int, ...] | None:
    """Return the loop of each axis; None if some axis isn't one loop of its own."""
    if not all(isinstance(expr, AffineDimExpr) for expr in map.results):
        return None
    found = tuple(cast(AffineDimExpr, expr).position for expr in map.results)
    return found if len(set(found)) == len(found) else None


def _multiplies(block: Block, *, summed: bool) -> bool:
    """Return whether a region gives a product of the first two arguments, added to the third."""
    last = block.last_op
    if not isinstance(last, linalg.YieldOp) or len(last.operands) != 1:
        return False
    found = last.operands[0].owner
    if summed:
        if not isinstance(found, arith.AddfOp) or found.lhs is not block.args[2]:
            return False
        found = found.rhs.owner
    if not isinstance(found, arith.MulfOp):
        return False
    factors = [_narrow(value) for value in found.operands]
    return factors == [block.args[0], block.args[1]]


def _narrow(value: SSAValue) -> SSAValue:
    return value.owner.input if isinstance(value.owner, arith.ExtFOp) else value
