"""What graph's convolutions are in linalg: one nest of loops that reads the image in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from xdsl.dialects import arith
from xdsl.dialects.builtin import AffineMapAttr
from xdsl.ir import Operation, SSAValue
from xdsl.ir.affine import AffineDimExpr, AffineExpr, AffineMap

from ..dialects import graph
from ..dialects.convolution import channel_axis, window_axes
from ..dialects.dtypes import spec_of
from .lower_elementwise import SINGLE
from .lower_shape import reshape
from .scalar_ops import ScalarOps, signless, wide
from .structured_ops import Access, TensorOps, identity, loops, shape_of


def lower_conv(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Append a `linalg.generic` whose map of the image adds the window's place and its element's.

    Its loops are the result's axes, with one for the groups before the channels if there are
    several; then the channels of a group, then the window's axes. Where channels are last, the
    weight is transposed before, so that neighbours in the result have neighbouring weights.
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

    image, weight = _image(to, conv, operands[0]), _weight(to, conv, operands[1])
    shape, maps = _maps(conv)
    start = to.filled(0, wider, shape)
    parallel = [True] * len(shape) + [False] * (len(spec.shape) - 1)
    result = to.generic((image, weight), [start], maps, parallel, body).results[0]
    if element != wider:
        result = to.whole(shape).emit(arith.TruncFOp, element, result)
    return reshape(to, result, spec.shape)


def _image(to: TensorOps, conv: graph.ConvOp, value: SSAValue) -> SSAValue:
    """Return the image with an axis for the groups before its channels, if there are several."""
    shape = shape_of(value)
    return reshape(to, value, _grouped(conv, shape, channel_axis(len(shape), conv.channels.data)))


def _weight(to: TensorOps, conv: graph.ConvOp, value: SSAValue) -> SSAValue:
    """Return the weight with an axis for the groups before the channels of the result.

    Where channels are last, those of the result become the last axis.
    """
    if conv.channels.data == "first":
        return reshape(to, value, _grouped(conv, shape_of(value), 0))
    order = [*range(1, len(shape_of(value))), 0]
    turned = to.transpose(value, order, tuple(shape_of(value)[axis] for axis in order))
    return reshape(to, turned, _grouped(conv, shape_of(turned), len(order) - 1))


def _grouped(conv: graph.ConvOp, shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    groups = conv.groups.value.data
    if groups == 1:
        return shape
    return (*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])


def _maps(conv: graph.ConvOp) -> tuple[tuple[int, ...], list[AffineMapAttr | Access]]:
    """Return the shape of the result with its groups, and the maps of image, weight and result."""
    channels, is_grouped = conv.channels.data, conv.groups.value.data > 1
    rank = len(spec_of(conv.result.type).shape)
    axis = channel_axis(rank, channels)
    shape = _grouped(conv, spec_of(conv.result.type).shape, axis)
    strides, dilations = conv.strides.get_values(), conv.dilations.get_values()
    # The loops, by number.
    places = [i + is_grouped if i > axis else i for i in window_axes(rank, channels)]
    out, within = axis + is_grouped, len(shape)
    taps = [within + 1 + i for i in range(len(places))]
    count = within + 1 + len(taps)
    groups = [axis] if is_grouped else []
    moved: list[AffineExpr] = [
        AffineDimExpr(i) * s + AffineDimExpr(k) * d
        for i, k, s, d in zip(places, taps, strides, dilations, strict=True)
    ]
    inside: list[AffineExpr] = [AffineDimExpr(i) for i in (*groups, within)]
    if channels == "first":
        results, weight = [*inside, *moved], loops([*groups, out, within, *taps])
    else:
        results, weight = [*moved, *inside], loops([*taps, within, *groups, out])
    image = AffineMapAttr(AffineMap(count, 0, (AffineDimExpr(0), *results)))
    return shape, [image, weight, identity(len(shape))]
