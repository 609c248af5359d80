"""Convolutions of small images with many channels: a product of matrices, with a copied image.

Rows of a small image are too short for tiles of a product, and for each of them all weights would
be read again. The copy has the elements under the window at each of its places: it takes less
time, and the weights are read once, as they are.
Source: Chellapilla, Puri and Simard, High performance convolutional neural networks for document
processing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from xdsl.dialects.builtin import AffineMapAttr, Float32Type, Float64Type
from xdsl.ir import SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr, AffineMap

from ..dialects import graph
from ..dialects.convolution import channel_axis, window_axes
from .structured_ops import Body, TensorOps, element_of, identity, loops, shape_of

_SHORT, _MANY = 12, 64
"""Elements of a row that is short, and channels that are many."""


def is_unfolded(conv: graph.ConvOp) -> bool:
    """Return whether the image is to be copied: floats, short rows, and many channels."""
    rank, channels = len(shape_of(conv.result)), conv.channels.data
    shape, weight = shape_of(conv.result), shape_of(conv.weight)
    places = [shape[axis] for axis in window_axes(rank, channels)]
    window = [weight[axis] for axis in window_axes(rank, channels)]
    within = prod(weight[1:]) // max(prod(window), 1)
    return (
        isinstance(element_of(conv.input), Float32Type | Float64Type)
        and conv.groups.value.data == 1
        and prod(window) > 1
        and 1 < prod(places)
        and places[-1] < _SHORT
        and min(within, weight[0]) >= _MANY
    )


def write_unfolded(
    to: TensorOps, conv: graph.ConvOp, operands: Sequence[SSAValue], body: Body
) -> SSAValue:
    """Append the copy of the image, and the product; `body` multiplies and adds."""
    image, weight = operands
    element, shape = element_of(image), shape_of(conv.result)
    rank, channels = len(shape), conv.channels.data
    # The loops: the axes of the result, then those of the weight but for its first.
    extents = (*shape, *shape_of(weight)[1:])
    axes, sums = window_axes(rank, channels), range(rank, len(extents))
    order = [0, *sums, *axes] if channels == "first" else [0, *axes, *sums]
    empty = to.empty(element, tuple(extents[loop] for loop in order))
    access = [_image_map(conv, order), identity(len(order))]
    copied = [True] * len(order)
    under = to.generic([image], [empty], access, copied, lambda _, values: values[:1]).results[0]
    maps = [loops(order), loops([channel_axis(rank, channels), *sums]), loops(range(rank))]
    parallel = [loop < rank for loop in range(len(extents))]
    total = to.filled(0, element, shape)
    return to.generic([under, weight], [total], maps, parallel, body).results[0]


def _image_map(conv: graph.ConvOp, order: Sequence[int]) -> AffineMapAttr:
    """Return which element of the image is copied, from the loops in an order."""
    rank, channels = len(shape_of(conv.result)), conv.channels.data
    place = {loop: AffineDimExpr(number) for number, loop in enumerate(order)}
    first, axis = rank - 1, channel_axis(rank, channels)
    found: dict[int, AffineExpr] = {0: place[0], axis: place[first + axis]}
    moves = zip(conv.strides.get_values(), conv.dilations.get_values(), strict=True)
    for moved, (stride, dilation) in zip(window_axes(rank, channels), moves, strict=True):
        found[moved] = place[moved] * stride + place[first + moved] * dilation
    results = tuple(found[axis] for axis in range(rank))
    return AffineMapAttr(AffineMap(len(order), 0, results))
