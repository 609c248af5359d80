"""Products of matrices as their schedule says: in tiles of vectors, blocks and copied panels."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from math import copysign
from typing import cast

from xdsl.dialects import arith
from xdsl.dialects.builtin import FloatAttr
from xdsl.dialects.linalg.ops import GenericOp, YieldOp
from xdsl.ir import Attribute, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineMap

from ...dialects.contraction import (
    INNER,
    OUTER,
    STREAM,
    contraction_of,
    schedule_of,
)
from ...dialects.split import BATCH
from ..llvm_ir.buffers import Buffer
from .epilogue import Tail
from .inner_products import write_inner
from .kernel import Kernel, Place
from .nest import Nest, nest_of
from .outer_products import write_outer
from .product import Matrices, Product, ProductWriter
from .streamed_rows import write_streamed
from .vectors import Vectors

_WRITERS = {INNER: write_inner, OUTER: write_outer, STREAM: write_streamed}


def product_of(nest: Nest) -> Product | None:
    """Return a nest as a product of matrices, if it is one and has a schedule that fits."""
    schedule = schedule_of(nest.op)
    contraction = contraction_of(nest.op) if schedule is not None else None
    if schedule is None or contraction is None:
        return None
    lhs, rhs = (nest.operands[position] for position in contraction.operands)
    out = nest.operands[-1]
    if lhs is None or rhs is None or out is None or out.buffer.element.is_narrow:
        return None
    overwrites = schedule.kind == OUTER and _is_cleared(nest.op)
    product = Product(contraction, schedule, lhs, rhs, out, overwrites)
    elements = [operand.buffer.element for operand in (lhs, rhs, out)]
    same = len({element.register for element in elements}) == 1
    return product if same and _fits(product) else None


def _fits(product: Product) -> bool:
    contraction, kind = product.contraction, product.schedule.kind
    narrow = product.lhs.buffer.element.is_narrow or product.rhs.buffer.element.is_narrow
    if kind == INNER:
        return not narrow and contraction.k.lhs == 1 and contraction.k.rhs == 1
    if kind == STREAM:
        return not narrow and contraction.n.rhs == 1 and contraction.m.extent == 1
    return True


def is_cleared_for_product(op: GenericOp, buffers: dict[SSAValue, Buffer]) -> bool:
    """Return whether an op only clears what the next, a product, then need not read."""
    following = op.next_op
    if not isinstance(following, GenericOp) or _cleared(op) is not following.outputs[0]:
        return False
    product = product_of(nest_of(following, buffers))
    return product is not None and product.overwrites


def _is_cleared(op: GenericOp) -> bool:
    """Return whether the op before clears each element that a contraction writes once."""
    before = op.prev_op
    if not isinstance(before, GenericOp) or _cleared(before) is not op.outputs[0]:
        return False
    return _names_each(op.indexing_maps.data[-1].data)


def _cleared(op: GenericOp) -> SSAValue | None:
    """Return the memory that an op fills with zeros from end to end, if it does that."""
    last = op.body.block.last_op
    if op.inputs or len(op.outputs) != 1 or not isinstance(last, YieldOp):
        return None
    number = last.operands[0].owner
    if not isinstance(number, arith.ConstantOp) or not isinstance(number.value, FloatAttr):
        return None
    value = cast("FloatAttr[Attribute]", number.value).value.data  # pyright: ignore[reportInvalidTypeArguments]
    is_zero = value == 0 and copysign(1, value) > 0
    whole = _names_each(op.indexing_maps.data[0].data)
    return op.outputs[0] if is_zero and whole else None


def _names_each(map: AffineMap) -> bool:
    """Return whether each axis is reached by a loop of its own."""
    positions = {r.position for r in map.results if isinstance(r, AffineDimExpr)}
    return len(positions) == len(map.results)


def write_contraction(
    kernel: Kernel, place: Place, product: Product, tails: Sequence[Tail] = ()
) -> None:
    """Write all loops of a product of matrices, and the calls of what follows its parts."""
    text, outer = kernel.text, product.contraction.outer
    vectors = Vectors(
        text, kernel.scalars.declarations, product.out.buffer.element, product.schedule.lanes
    )
    begun = tuple(tail.started(text) for tail in tails)
    writer = ProductWriter(kernel, product, vectors, begun)
    positions = (*product.contraction.operands, len(place.pointers) - 1)
    at = Matrices(*(place.pointers[position] for position in positions))
    with ExitStack() as stack:
        for number, one in enumerate(outer):
            extent: int | str = one.extent
            if number == 0:
                first, extent = stack.enter_context(writer.part(BATCH, 0, one.extent))
                at = writer.moved(at, first, *one.steps)
                writer = writer.further(2, first)
            loop = stack.enter_context(text.loop(extent))
            at = writer.moved(at, loop.index, *one.steps)
            writer = writer.further(number + 2, loop.index)
        for tap in () if product.schedule.kind == OUTER else product.contraction.taps:
            loop = stack.enter_context(text.loop(tap.extent))
            at = writer.moved(at, loop.index, *tap.steps)
        _WRITERS[product.schedule.kind](writer, at)


def panels_of(product: Product) -> list[int]:
    """Return of how many columns the panels are that a product's tails go through."""
    if product.schedule.kind != OUTER:
        return []
    full, left = product.panels
    return [*([product.schedule.columns] if full else []), *([left] if left else [])]
