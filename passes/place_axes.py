"""Put the axes of reductions and products where kernels of accelerators want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xdsl.context import Context
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Operation, SSAValue
from xdsl.passes import ModulePass

from .control_regions import ops_of
from .fuse_elementwise_to_generic import is_tensors
from .lower_shape import reshape
from .product_form import Product, placed_maps, product_of
from .scalar_ops import splat_number
from .structured_ops import OpsBefore, TensorOps, element_of, generic, integers, shape_of


@dataclass(frozen=True)
class PlaceAxesPass(ModulePass):
    """Transpose what is reduced or multiplied, where its axes aren't in the order of kernels.

    A reduction goes over the first axes or the last ones. A product of tensors has one axis each
    for batches, rows, columns and what is summed up, its factors in this order; a sum that doesn't
    start at 0 is added behind it. Functions that hold anything but tensors are left alone.
    """

    name = "place-axes"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite each function of tensors in the module."""
        for function in op.body.block.ops:
            if isinstance(function, func.FuncOp) and is_tensors(function):
                for inner in list(ops_of(function.body.block)):
                    _place(inner)


def _place(op: Operation) -> None:
    if isinstance(op, linalg.ReduceOp):
        _place_reduction(op)
    elif (product := product_of(op)) is not None:
        _place_product(product)


def _place_reduction(op: linalg.ReduceOp) -> None:
    value, axes = op.operands[0], list(op.dimensions.get_values())
    rank = len(shape_of(value))
    kept = [axis for axis in range(rank) if axis not in axes]
    if axes in (list(range(len(axes))), list(range(rank - len(axes), rank))):
        return
    to = OpsBefore(op)
    order = [*kept, *axes]
    op.operands[0] = to.transpose(value, order, tuple(shape_of(value)[axis] for axis in order))
    op.properties["dimensions"] = integers(*range(len(kept), rank))
    to.put()


def _place_product(product: Product) -> None:
    product = _without_repetition(product)
    op, starts_at_zero = product.op, is_zero(product.start)
    if isinstance(op, linalg.MatmulOp) and starts_at_zero:
        return
    sizes = product.sizes
    batch = [sizes[0]] if product.batch else []
    shape = (*batch, sizes[1], sizes[2])
    ranks = {len(shape_of(value)) for value in (product.lhs, product.rhs, product.result)}
    if product.is_placed and starts_at_zero and ranks == {len(shape)}:
        return
    to = OpsBefore(op)
    lhs = _factor(to, product, product.lhs, product.lhs_loops, (*product.rows, *product.depth))
    rhs = _factor(to, product, product.rhs, product.rhs_loops, (*product.depth, *product.columns))
    lhs = reshape(to, lhs, (*batch, sizes[1], sizes[3]))
    rhs = reshape(to, rhs, (*batch, sizes[3], sizes[2]))
    element = element_of(product.result)
    start = to.filled(0, element, shape)
    body = op.regions[0].clone() if isinstance(op, linalg.GenericOp) else None
    if body is None:
        total = to.matmul(lhs, rhs, start)
    else:
        parallel = [True] * len(shape) + [bool(not product.depth)]
        new = generic([lhs, rhs], [start], placed_maps(product), parallel, body, op.location)
        total = to.add(new)
    result = reshape(to, total, shape_of(product.result))
    if not starts_at_zero and product.depth:
        result = to.whole(shape_of(result)).emit(arith.AddfOp, element, product.start, result)
    to.put()
    result.name_hint = op.results[0].name_hint
    op.results[0].replace_all_uses_with(result)
    op.detach()
    op.erase()


def _without_repetition(product: Product) -> Product:
    """Return a product whose batches all have the same right factor as one with more rows."""
    repeated = product.rhs.owner
    if not product.batch or not isinstance(repeated, linalg.BroadcastOp):
        return product
    added = repeated.dimensions.get_values()
    if {product.rhs_loops[axis] for axis in added} != set(product.batch):
        return product
    left = tuple(loop for axis, loop in enumerate(product.rhs_loops) if axis not in added)
    rows = (*product.batch, *product.rows)
    return replace(product, rhs=repeated.input, rhs_loops=left, batch=(), rows=rows)


def _factor(
    to: TensorOps,
    product: Product,
    value: SSAValue,
    found: Sequence[int],
    order: Sequence[int],
) -> SSAValue:
    """Append a factor with the axes of its batches first, and then those of the given loops."""
    wanted = [found.index(loop) for loop in (*product.batch, *order)]
    if wanted == sorted(wanted):
        return value
    return to.transpose(value, wanted, tuple(shape_of(value)[axis] for axis in wanted))


def is_zero(value: SSAValue) -> bool:
    """Return whether a tensor is filled with 0."""
    owner = value.owner
    if isinstance(owner, linalg.FillOp):
        scalar = owner.inputs[0].owner
        number = getattr(getattr(scalar, "value", None), "value", None)
        return number is not None and number.data == 0
    if isinstance(owner, arith.ConstantOp):
        return splat_number(owner.value) == 0  # pyright: ignore[reportArgumentType]
    return False
