"""Products of matrices and what runs on their results, as kernels see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from math import copysign
from typing import cast

from xdsl.dialects import arith, memref
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, MemRefType
from xdsl.dialects.linalg.ops import GenericOp, YieldOp
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineMap

from ..dialects.access import Access, buffer_access, storage_of
from ..dialects.contraction import Contraction, contraction_of
from ..dialects.epilogue import Epilogue, epilogues_of, is_marked
from ..dialects.simt.scalar_ops import needs_host
from ..dialects.simt.schedule import NAME, ON_HOST
from .simt_nests import is_countable
from .structured_ops import element_of


@dataclass(frozen=True)
class Factor:
    """One side of a product: `extent` rows or columns of `depth` elements in some memory."""

    memory: SSAValue
    element: Attribute
    first: int
    """The element where it begins, counted from the start of the memory."""
    extent: int
    depth: int
    across: int
    """Elements from one row or column to the next."""
    along: int
    """Elements from one that is multiplied to the next."""
    outer: tuple[int, ...]
    """Elements from one round of each outer loop to the next."""
    taps: tuple[int, ...]


@dataclass(frozen=True)
class Product:
    """A product of matrices with what a kernel needs to know of it."""

    op: GenericOp
    contraction: Contraction
    lhs: Factor
    rhs: Factor
    result: Epilogue
    """The product itself as an op on its result: its last access is that of the result."""
    fill: GenericOp | None
    """The op before, if the result begins as the zeros that it writes."""
    tails: tuple[Epilogue, ...]
    """What goes through the result in the same kernel."""

    @property
    def element(self) -> Attribute:
        """The type of the sums."""
        return self.contraction.element

    @property
    def ops(self) -> tuple[GenericOp, ...]:
        """All ops that the kernel does the work of, in order."""
        before = () if self.fill is None else (self.fill,)
        return (*before, self.op, *(tail.op for tail in self.tails))

    @property
    def is_countable(self) -> bool:
        """Whether rows, columns and rounds of the sums can be counted."""
        c = self.contraction
        numbers = c.m.extent, c.n.extent, c.k.extent * c.rounds, *self.batches
        return all(is_countable(number) for number in numbers)

    @property
    def batches(self) -> tuple[int, ...]:
        """How many rounds the outer loops have."""
        return tuple(loop.extent for loop in self.contraction.outer)


def product_of(op: Operation | None) -> Product | None:
    """Return an op on buffers as a product of matrices, None if it isn't one."""
    contraction = contraction_of(op, integers=True) if isinstance(op, GenericOp) else None
    if contraction is None or not isinstance(op, GenericOp):
        return None
    places = (*contraction.operands, len(op.operands) - 1)
    maps = op.indexing_maps.data
    accesses = [buffer_access(op.operands[n], maps[n].data) for n in places]
    lhs, rhs, out = accesses
    if lhs is None or rhs is None or out is None:
        return None
    m, n, k = contraction.m, contraction.n, contraction.k
    outer, taps = contraction.outer, contraction.taps
    left = Factor(
        *_memory(op, places[0]), lhs.first, m.extent, k.extent, m.lhs, k.lhs,
        tuple(loop.lhs for loop in outer), tuple(loop.lhs for loop in taps),
    )  # fmt: skip
    right = Factor(
        *_memory(op, places[1]), rhs.first, n.extent, k.extent, n.rhs, k.rhs,
        tuple(loop.rhs for loop in outer), tuple(loop.rhs for loop in taps),
    )  # fmt: skip
    steps = m.out, n.out, *(loop.out for loop in outer)
    access = Access(out.first, steps)
    result = Epilogue(op, (*(None for _ in op.operands[:-1]), access))
    following = takewhile(_is_tail, _following(op))
    tails = epilogues_of(op, contraction, following)
    return Product(op, contraction, left, right, result, _filled_by(op), tuple(tails))


def _memory(op: GenericOp, position: int) -> tuple[SSAValue, Attribute]:
    value = op.operands[position]
    return storage_of(value), element_of(value)


def _following(op: GenericOp) -> Iterator[GenericOp]:
    following = op.next_op
    while isinstance(following, GenericOp):
        yield following
        following = following.next_op


def _is_tail(op: GenericOp) -> bool:
    """Return whether an op is to run with the product before it, and has no kernel of its own."""
    if not is_marked(op) or NAME in op.attributes or ON_HOST in op.attributes:
        return False
    return not any(needs_host(inner) for inner in op.body.block.ops)


def _filled_by(op: GenericOp) -> GenericOp | None:
    """Return the op before one, if it does nothing but make the result zeros."""
    before, written = op.prev_op, op.outputs[0]
    if not isinstance(before, GenericOp) or before.inputs or before.outputs[0] is not written:
        return None
    last = before.body.block.last_op
    if NAME in before.attributes or len(before.outputs) != 1 or not isinstance(last, YieldOp):
        return None
    maps = before.indexing_maps.data[0].data, op.indexing_maps.data[-1].data
    is_whole = all(_names_each(map) for map in maps)
    return before if is_whole and _is_zero(last.operands[0]) else None


def _names_each(map: AffineMap) -> bool:
    """Return whether each axis is reached by a loop of its own, and so from end to end."""
    positions = {result.position for result in map.results if isinstance(result, AffineDimExpr)}
    return len(positions) == len(map.results)


def _is_zero(value: SSAValue) -> bool:
    if not isinstance(value.owner, arith.ConstantOp):
        return False
    number = cast(Attribute, value.owner.value)
    if isinstance(number, IntegerAttr):
        return cast("IntegerAttr[Attribute]", number).value.data == 0  # pyright: ignore[reportInvalidTypeArguments]
    if not isinstance(number, FloatAttr):
        return False
    zero = cast("FloatAttr[Attribute]", number).value.data  # pyright: ignore[reportInvalidTypeArguments]
    return zero == 0 and copysign(1, zero) > 0


def is_read_later(memory: SSAValue, product: Product) -> bool:
    """Return whether what a product's kernel leaves in some memory is seen by anything else."""
    if not isinstance(memory.owner, memref.AllocOp):
        return True
    ops = {id(op) for op in product.ops}
    return any(id(user) not in ops for user in _users(memory))


def _users(memory: SSAValue) -> Iterator[Operation]:
    """Give the ops that touch some memory, through views of it too."""
    for use in memory.uses:
        user = use.operation
        if isinstance(user, memref.SubviewOp | memref.ReinterpretCastOp):
            yield from _users(user.results[0])
        elif not isinstance(user, memref.DeallocOp):
            yield user


def elements_of(memory: SSAValue) -> int:
    """Return how many elements a memory has."""
    count = 1
    for extent in cast("MemRefType[Attribute]", memory.type).get_shape():
        count *= extent
    return count
