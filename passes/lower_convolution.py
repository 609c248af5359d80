"""What graph's convolutions are in linalg: one nest of loops that reads the image in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, prod
from typing import cast

from xdsl.dialects import arith
from xdsl.dialects.builtin import AffineMapAttr, Float32Type, Float64Type
from xdsl.ir import Operation, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr, AffineMap

from ..dialects import graph
from ..dialects.convolution import channel_axis, window_axes
from ..dialects.dtypes import spec_of
from .lower_elementwise import SINGLE
from .lower_shape import reshape
from .scalar_ops import ScalarOps, signless, wide
from .structured_ops import Access, TensorOps, element_of, identity, loops, shape_of
from .unfolded_convolution import is_unfolded, write_unfolded

_FEW = 4
"""Channels of a group for which a copy of the image costs more than it saves."""


def lower_conv(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Append a `linalg.generic` whose map of the image adds the window's place and its element's.

    Its loops are the result's axes, with one for the groups before the channels if there are
    several; then the channels of a group, then the window's axes. Where channels are last, the
    weight is transposed before, so that neighbours in the result have neighbouring weights, but
    for a window of one element. Small images with many channels are copied instead, see
    `unfolded_convolution`.
    """
    conv = cast(graph.ConvOp, op)
    spec = spec_of(conv.result.type)
    element, wider = signless(spec.dtype), wide(signless(spec.dtype))
    multiply, add = (SINGLE[spec.dtype.kind][kind] for kind in (graph.MulOp, graph.AddOp))

    def body(scalars: ScalarOps, values: Sequence[SSAValue]) -> Sequence[SSAValue]:
        x, y = values[:2]
        if element != wider:
            x, y = (scalars.emit(arith.ExtFOp, wider, v) for v in (x, y))
        return [scalars.emit(add, wider, values[2], scalars.emit(multiply, wider, x, y))]

    if is_unfolded(conv):
        return write_unfolded(to, conv, operands, body)
    image, weight = _image(to, conv, operands[0]), _weight(to, conv, operands[1])
    shape = _grouped(conv, spec.shape, channel_axis(len(spec.shape), conv.channels.data))
    parallel = [True] * len(shape) + [False] * (len(spec.shape) - 1)
    parts = _parts(to, conv, image, weight)
    total = to.filled(0, wider, shape)
    for part in parts:
        maps = _maps(conv, shape, part)
        total = to.generic((part.image, part.weight), [total], maps, parallel, body).results[0]
    if element != wider:
        total = to.whole(shape).emit(arith.TruncFOp, element, total)
    return reshape(to, total, spec.shape)


@dataclass(frozen=True)
class _Part:
    """Some elements of the window along its last axis, and the image that they are over."""

    image: SSAValue
    weight: SSAValue
    strides: Sequence[int]
    dilations: Sequence[int]


def _parts(to: TensorOps, conv: graph.ConvOp, image: SSAValue, weight: SSAValue) -> list[_Part]:
    """Return parts of a window that moves by several steps along neighbours.

    What lies a stride apart is copied side by side, so that vectors are read where else elements
    had to be. That pays where floats are read for several channels of the result.
    """
    strides, dilations = conv.strides.get_values(), conv.dilations.get_values()
    stride, dilation = strides[-1], dilations[-1]
    element = element_of(image)
    is_wide = isinstance(element, Float32Type | Float64Type)
    is_few = shape_of(conv.weight)[0] < conv.groups.value.data * _FEW
    if stride == 1 or conv.channels.data == "last" or not is_wide or is_few:
        return [_Part(image, weight, strides, dilations)]
    extent, size = shape_of(conv.result)[-1], shape_of(weight)[-1]
    step = stride // gcd(stride, dilation)
    parts: list[_Part] = []
    for first in range(min(step, size)):
        taps, apart = len(range(first, size, step)), step * dilation // stride
        under = _every(to, image, first * dilation, extent + (taps - 1) * apart, stride)
        # Without a map of its own the part would be read in place.
        under = to.map([under], element, shape_of(under), lambda _, values: values[:1])
        part = _every(to, weight, first, taps, step)
        parts.append(_Part(under, part, (*strides[:-1], 1), (*dilations[:-1], apart)))
    return parts


def _every(to: TensorOps, value: SSAValue, first: int, count: int, step: int) -> SSAValue:
    """Append so many elements of the last axis, which lie that many apart."""
    *shape, _ = shape_of(value)
    before = [0] * len(shape)
    return to.slice(value, [*before, first], (*shape, count), [*[1] * len(shape), step])


def _image(to: TensorOps, conv: graph.ConvOp, value: SSAValue) -> SSAValue:
    """Return the image with an axis for the groups before its channels, if there are several."""
    shape = shape_of(value)
    return reshape(to, value, _grouped(conv, shape, channel_axis(len(shape), conv.channels.data)))


def _weight(to: TensorOps, conv: graph.ConvOp, value: SSAValue) -> SSAValue:
    """Return the weight with an axis for the groups before the channels of the result.

    Where channels are last, those of the result become the last axis.
    """
    if conv.channels.data == "first" or _is_product(conv):
        return reshape(to, value, _grouped(conv, shape_of(value), 0))
    order = [*range(1, len(shape_of(value))), 0]
    turned = to.transpose(value, order, tuple(shape_of(value)[axis] for axis in order))
    return reshape(to, turned, _grouped(conv, shape_of(turned), len(order) - 1))


def _is_product(conv: graph.ConvOp) -> bool:
    """Return whether the window is one element: then rows of weights are multiplied as they are."""
    window = shape_of(conv.weight)[1:-1]
    return conv.channels.data == "last" and conv.groups.value.data == 1 and prod(window) == 1


def _grouped(conv: graph.ConvOp, shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    groups = conv.groups.value.data
    if groups == 1:
        return shape
    return (*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])


def _maps(conv: graph.ConvOp, shape: tuple[int, ...], part: _Part) -> list[AffineMapAttr | Access]:
    """Return the maps of image, weight and result, which has that shape with its groups."""
    channels, is_grouped = conv.channels.data, conv.groups.value.data > 1
    rank = len(shape) - is_grouped
    axis = channel_axis(rank, channels)
    # The loops, by number.
    places = [i + is_grouped if i > axis else i for i in window_axes(rank, channels)]
    out, within = axis + is_grouped, len(shape)
    taps = [within + 1 + i for i in range(len(places))]
    count = within + 1 + len(taps)
    groups = [axis] if is_grouped else []
    moved: list[AffineExpr] = [
        AffineDimExpr(i) * s + AffineDimExpr(k) * d
        for i, k, s, d in zip(places, taps, part.strides, part.dilations, strict=True)
    ]
    inside: list[AffineExpr] = [AffineDimExpr(i) for i in (*groups, within)]
    if channels == "first":
        results, weight = [*inside, *moved], loops([*groups, out, within, *taps])
    else:
        results, weight = [*moved, *inside], loops([*taps, within, *groups, out])
        if _is_product(conv):
            weight = loops([out, *taps, within])
    image = AffineMapAttr(AffineMap(count, 0, (AffineDimExpr(0), *results)))
    return [image, weight, identity(len(shape))]
