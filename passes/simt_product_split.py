"""Products of few tiles and many sums: blocks sum up parts of them, a second kernel adds these.

A product's blocks are as many as its tiles, and each goes through all sums by itself: of 128 by
128 sums of 65,536 terms, 16 blocks are busy and more than 100 processors aren't. Such a product
becomes one with an outer loop more, over parts of the sums, and a reduction over the parts, which
adds them in the same order each time.
The parts are written and read once more, `2 · parts` elements of each result beside `(m + n) · k`
that are read in any case, and there is a launch more, some microseconds: as long as about 1,000
rounds of the loop over the sums take.
Source: NVIDIA, CUTLASS, Efficient GEMM in CUDA, "Parallelized reductions",
<https://github.com/NVIDIA/cutlass>.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import cast

from xdsl.dialects import memref
from xdsl.dialects.builtin import MemRefType, StridedLayoutAttr
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr

from ..dialects.access import storage_of
from ..dialects.epilogue import unmark
from .buffers import memref_of
from .scalar_ops import ScalarOps
from .simt_product import Product, product_of
from .simt_product_schedule import best_schedule, grid_of
from .structured_ops import generic, identity, loops, slice_properties

_LEAST = 1024
"""Terms of the sums of a part, at least."""


def split_product(op: GenericOp, processors: int, arch: str) -> Sequence[GenericOp]:
    """Split a product if that keeps more processors busy; return the ops that are there now."""
    product = product_of(op)
    loop = None if product is None else _sum_loop(op)
    if product is None or loop is None or product.contraction.taps:
        return (op,)
    parts = _parts(product, processors, arch)
    return (op,) if parts < 2 else _Split(product, loop, parts).write()


def _parts(product: Product, processors: int, arch: str) -> int:
    """Return into how many parts the sums fall: as many as there are processors for."""
    schedule = best_schedule(product, processors, arch)
    contraction = product.contraction
    if schedule is None or contraction.m.extent == 1:
        return 1
    tiles, terms, parts = prod(grid_of(product, schedule)), contraction.k.extent, 1
    results = contraction.m.extent * contraction.n.extent
    read = (contraction.m.extent + contraction.n.extent) * terms
    while (
        2 * parts * tiles <= processors
        and terms % (2 * parts) == 0
        and terms // (2 * parts) >= _LEAST
        and 4 * parts * results <= read
    ):
        parts *= 2
    return parts


def _sum_loop(op: GenericOp) -> int | None:
    """Return the loop of the sums where there is but one, and all maps are of loops alone."""
    kinds = [kind.data is IteratorType.REDUCTION for kind in op.iterator_types]
    maps = [attribute.data for attribute in op.indexing_maps]
    named = all(isinstance(axis, AffineDimExpr) for map in maps for axis in map.results)
    memories = all(isinstance(value.type, MemRefType) for value in op.operands)
    if sum(kinds) != 1 or len(op.operands) != 3 or not (named and memories):
        return None
    written = [_loop(axis) for axis in maps[-1].results]
    loop = kinds.index(True)
    return loop if sorted(written) == [n for n in range(len(kinds)) if n != loop] else None


def _loop(axis: AffineExpr) -> int:
    assert isinstance(axis, AffineDimExpr), "the maps are of loops alone"
    return axis.position


class _Split:
    """A product, its loop of sums, and into how many parts that falls."""

    def __init__(self, product: Product, loop: int, parts: int) -> None:
        self.product = product
        self.loop = loop
        self.parts = parts
        self.block = product.op.parent_block()
        self.first = product.fill or product.op

    def write(self) -> Sequence[GenericOp]:
        """Replace the op; return what stands there now."""
        op = self.product.op
        partials = self._allocated()
        made = [self._zeros(partials), self._products(partials)]
        for one in made:
            self._add(one, self.first)
        total = self._total(partials)
        self._add(total, op)
        free = memref.DeallocOp.create(operands=(partials,), location=op.location)
        self._add(free, op)
        for tail in self.product.tails:
            unmark(tail.op)
        op.detach()
        op.erase()
        return [*made, total]

    def _add(self, op: Operation, before: Operation) -> None:
        assert self.block is not None, "an op of a function is in a block"
        self.block.insert_op_before(op, before)

    def _allocated(self) -> SSAValue:
        op, element = self.product.op, self.product.element
        shape = self.parts, *cast("MemRefType[Attribute]", op.outputs[0].type).get_shape()
        alloc = memref.AllocOp.create(
            result_types=(memref_of(element, shape),),
            properties=memref.AllocOp.get(element, None, shape).properties,
            location=op.location,
        )
        self._add(alloc, self.first)
        return alloc.memref

    def _axes(self, position: int) -> list[int]:
        """Return the loops along an operand's axes, where the parts are the loop 0."""
        map = self.product.op.indexing_maps.data[position].data
        return [_loop(axis) + 1 for axis in map.results]

    def _zeros(self, partials: SSAValue) -> GenericOp:
        op, element = self.product.op, self.product.element
        block = Block(arg_types=(element,))
        ops = ScalarOps(block, op.location)
        ops.give(ops.constant(0, element))
        rank = len(self._axes(2)) + 1
        return generic([], [partials], [identity(rank)], [True] * rank, Region(block), op.location)

    def _products(self, partials: SSAValue) -> GenericOp:
        """Return the product with the parts as an outer loop."""
        op = self.product.op
        views = [self._in_parts(position) for position in range(2)]
        sums = self.loop + 1
        axes = [
            [loop for axis in self._axes(n) for loop in ((0, axis) if axis == sums else (axis,))]
            for n in range(2)
        ]
        accesses = [loops(each) for each in (*axes, [0, *self._axes(2)])]
        kinds = [True, *(kind.data is IteratorType.PARALLEL for kind in op.iterator_types)]
        body = op.body.clone()
        return generic(views, [partials], accesses, kinds, body, op.location)

    def _in_parts(self, position: int) -> SSAValue:
        """Append a view of a factor that has the parts as an axis before that of the sums."""
        op = self.product.op
        value = op.operands[position]
        type = cast("MemRefType[Attribute]", value.type)
        layout = type.layout
        offset = layout.get_offset() if isinstance(layout, StridedLayoutAttr) else 0
        shape: list[int] = []
        strides: list[int] = []
        steps = [step or 0 for step in type.get_strides() or ()]
        for axis, extent, step in zip(self._axes(position), type.get_shape(), steps, strict=True):
            is_sum = axis == self.loop + 1
            each = extent // self.parts
            shape += [self.parts, each] if is_sum else [extent]
            strides += [step * each, step] if is_sum else [step]
        assert offset is not None, "a product's factors begin at known places"
        view = memref.ReinterpretCastOp.create(
            operands=(storage_of(value),),
            result_types=(
                MemRefType(type.element_type, shape, StridedLayoutAttr(strides, offset)),
            ),
            properties=slice_properties(1, (offset,), tuple(shape), tuple(strides)),
            location=op.location,
        )
        self._add(view, self.first)
        return view.result

    def _total(self, partials: SSAValue) -> GenericOp:
        """Return the reduction over the parts."""
        op, element = self.product.op, self.product.element
        block = Block(arg_types=(element, element))
        last = op.body.block.last_op
        assert last is not None, "the verifier holds that a body ends in what it gives"
        ops = ScalarOps(block, op.location)
        add = cast(Operation, last.operands[0].owner)
        ops.give(ops.emit(type(add), element, block.args[1], block.args[0]))
        rank = len(self._axes(2))
        accesses = [identity(rank + 1), loops(range(1, rank + 1))]
        kinds = [False, *[True] * rank]
        return generic([partials], [op.outputs[0]], accesses, kinds, Region(block), op.location)
