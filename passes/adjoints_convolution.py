"""Gradients of convolutions, which are convolutions. `g` is the gradient of the op's result."""

from __future__ import annotations

from math import prod

from xdsl.ir import Operation, SSAValue

from ..dialects import graph
from ..dialects.convolution import channel_axis
from .adjoints import AdjointBuilder, Gradients, Rule


def _conv(b: AdjointBuilder, op: graph.ConvOp, g: SSAValue) -> Gradients:
    rank = len(b.spec(op.input).shape)
    axis = channel_axis(rank, op.channels.data)
    inside = [i for i in range(1, rank) if i != axis]
    first, last = (0, axis, *inside), (0, *inside, axis)
    gradients: list[SSAValue | None] = [None, None]
    if b.wants(op.input):
        x, w, grad = (b.transpose(value, first) for value in (op.input, op.weight, g))
        gradients[0] = b.transposed_back(_of_input(b, op, x, w, grad), first)
    if b.wants(op.weight):
        x, w, grad = (b.transpose(value, last) for value in (op.input, op.weight, g))
        gradients[1] = b.transposed_back(_of_weight(b, op, x, w, grad), last)
    return gradients


def _of_input(
    b: AdjointBuilder, op: graph.ConvOp, x: SSAValue, w: SSAValue, g: SSAValue
) -> SSAValue:
    """Return the gradient of the image, channels first.

    Each element gets what the window's places over it got, times their weights: that is a window
    turned round, which moves by one step over `g` with zeros between its elements and around them.
    """
    groups = op.groups.value.data
    strides, dilations = op.strides.get_values(), op.dilations.get_values()
    size, extents = b.spec(w).shape[2:], b.spec(x).shape[2:]
    images, outputs, *places = b.spec(g).shape
    apart = [(n - 1) * s + 1 for n, s in zip(places, strides, strict=True)]
    low = [(k - 1) * d for k, d in zip(size, dilations, strict=True)]
    high = [n - a for n, a in zip(extents, apart, strict=True)]
    if prod(b.spec(g).shape) == 0:
        return b.zeros(x.type)
    if max(strides) > 1:
        empty = b.full((images, outputs, *apart), 0, b.spec(g).dtype)
        g = b.update_slice(empty, g, (0,) * (len(apart) + 2), (1, 1, *strides))
    g = b.pad(g, (0, 0, *low), (0, 0, *high))
    # From (groups · out, in, …) to (groups · in, out, …).
    rank, within = len(size), b.spec(w).shape[1]
    w = b.reshape(w, (groups, outputs // groups, within, *size))
    w = b.transpose(w, (0, 2, 1, *range(3, rank + 3)))
    w = b.reshape(w, (groups * within, outputs // groups, *size))
    w = b.reverse(w, range(2, rank + 2))
    return b.conv(g, w, (1,) * rank, dilations, groups)


def _of_weight(
    b: AdjointBuilder, op: graph.ConvOp, x: SSAValue, w: SSAValue, g: SSAValue
) -> SSAValue:
    """Return the gradient of the weight, channels last.

    The images are what is summed over, as channels are else, and `g` is the window: it moves by
    the dilations, and its elements lie the strides apart.
    """
    groups, rank = op.groups.value.data, len(b.spec(x).shape) - 2
    strides, dilations = op.strides.get_values(), op.dilations.get_values()
    images, *extents, channels = b.spec(x).shape
    size = b.spec(w).shape
    if prod(b.spec(g).shape) == 0:
        return b.zeros(w.type)
    inside = tuple(range(1, rank + 1))
    # From (images, …, groups · in) to (in, …, groups · images).
    x = b.reshape(x, (images, *extents, groups, channels // groups))
    x = b.transpose(x, (rank + 2, *inside, rank + 1, 0))
    x = b.reshape(x, (channels // groups, *extents, groups * images))
    g = b.transpose(g, (rank + 1, *inside, 0))
    found = b.conv(x, g, dilations, strides, groups, "last")
    # Where steps left elements of the image over, the window has moved too far.
    limits = (channels // groups, *size[1:-1], size[0])
    found = b.slice(found, (0,) * len(limits), limits, (1,) * len(limits))
    return b.transpose(found, (rank + 1, *inside, 0))


CONVOLUTIONS: dict[type[Operation], Rule] = {graph.ConvOp: _conv}
"""The op and its rule."""
