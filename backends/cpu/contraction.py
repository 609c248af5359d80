"""Products of matrices as their schedule says: in tiles of vectors, blocks and copied panels."""

from __future__ import annotations

from contextlib import ExitStack

from ...dialects.contraction import INNER, OUTER, STREAM, contraction_of, schedule_of
from .inner_products import write_inner
from .kernel import Kernel, Place
from .nest import Nest
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
    product = Product(contraction, schedule, lhs, rhs, out)
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


def write_contraction(kernel: Kernel, place: Place, product: Product) -> None:
    """Write all loops of a product of matrices."""
    declarations = kernel.scalars.declarations
    vectors = Vectors(kernel.text, declarations, product.out.buffer.element, product.schedule.lanes)
    writer = ProductWriter(kernel, product, vectors)
    positions = (*product.contraction.operands, len(place.pointers) - 1)
    at = Matrices(*(place.pointers[position] for position in positions))
    with ExitStack() as stack:
        for outer in product.contraction.outer:
            loop = stack.enter_context(kernel.text.loop(outer.extent))
            at = writer.moved(at, loop.index, *outer.steps)
        _WRITERS[product.schedule.kind](writer, at)
