"""Gradients of the ops that move elements: the elements move back. `g` is the result's gradient."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import Operation, SSAValue

from ..dialects import graph
from ..dialects.dtypes import int64
from .adjoints import AdjointBuilder, Gradients, Rule


def _reshape(b: AdjointBuilder, op: graph.ReshapeOp, g: SSAValue) -> Gradients:
    return [b.reshape(g, b.spec(op.input).shape)]


def _transpose(b: AdjointBuilder, op: graph.TransposeOp, g: SSAValue) -> Gradients:
    return [b.transposed_back(g, op.permutation.get_values())]


def _broadcast(b: AdjointBuilder, op: graph.BroadcastOp, g: SSAValue) -> Gradients:
    shape, wide = b.spec(op.input).shape, b.spec(g).shape
    place = dict(zip(op.dimensions.get_values(), shape, strict=True))
    repeated = [axis for axis, n in enumerate(wide) if place.get(axis, 0) != n]
    return [b.reshape(b.total(g, repeated), shape)]


def _slice(b: AdjointBuilder, op: graph.SliceOp, g: SSAValue) -> Gradients:
    starts, strides = op.starts.get_values(), op.strides.get_values()
    return [_put(b, g, b.zeros(op.input.type), starts, strides)]


def _update_slice(b: AdjointBuilder, op: graph.UpdateSliceOp, g: SSAValue) -> Gradients:
    starts, strides = op.starts.get_values(), op.strides.get_values()
    left = _put(b, b.zeros(op.update.type), g, starts, strides) if b.wants(op.input) else None
    if not b.wants(op.update):
        return [left, None]
    return [left, _taken(b, g, b.spec(op.update).shape, starts, strides)]


def _pick(b: AdjointBuilder, op: graph.PickOp, g: SSAValue) -> Gradients:
    spec, axis = b.spec(op.input), op.axis.value.data
    last = spec.shape[axis] - 1
    index = b.binary("minimum", b.binary("maximum", op.index, 0), last)
    here = b.compare("eq", b.iota(spec.shape, axis, int64), index)
    wide = b.reshape(g, (*spec.shape[:axis], 1, *spec.shape[axis + 1 :]))
    return [b.select(here, b.broadcast_to(wide, spec.shape), b.zeros(op.input.type)), None]


def _concat(b: AdjointBuilder, op: graph.ConcatOp, g: SSAValue) -> Gradients:
    axis, start = op.axis.value.data, 0
    parts: list[SSAValue | None] = []
    for value in op.inputs:
        shape = b.spec(value).shape
        starts = [start if i == axis else 0 for i in range(len(shape))]
        parts.append(_taken(b, g, shape, starts, (1,) * len(shape)) if b.wants(value) else None)
        start += shape[axis]
    return parts


def _pad(b: AdjointBuilder, op: graph.PadOp, g: SSAValue) -> Gradients:
    shape, low = b.spec(op.input).shape, op.low.get_values()
    steps = (1,) * len(shape)
    inner = _taken(b, g, shape, low, steps) if b.wants(op.input) else None
    if not b.wants(op.value):
        return [inner, None]
    frame = _put(b, b.zeros(op.input.type), g, low, steps)
    return [inner, b.total(frame, range(len(shape)))]


def _reverse(b: AdjointBuilder, op: graph.ReverseOp, g: SSAValue) -> Gradients:
    return [b.reverse(g, op.axes.get_values())]


def _put(
    b: AdjointBuilder,
    update: SSAValue,
    into: SSAValue,
    starts: Sequence[int],
    strides: Sequence[int],
) -> SSAValue:
    """Return `into` with the update written to it; nothing is written for no elements."""
    return b.update_slice(into, update, starts, strides) if b.spec(update).size else into


def _taken(
    b: AdjointBuilder,
    x: SSAValue,
    shape: Sequence[int],
    starts: Sequence[int],
    strides: Sequence[int],
) -> SSAValue:
    """Return the part of `x` of that shape, from `starts`."""
    spec = b.spec(x)
    if 0 in shape:
        return b.full(tuple(shape), 0, spec.dtype)
    bounds = zip(starts, shape, strides, strict=True)
    return b.slice(x, starts, [a + (n - 1) * k + 1 for a, n, k in bounds], strides)


SHAPE: dict[type[Operation], Rule] = {
    graph.ReshapeOp: _reshape,
    graph.TransposeOp: _transpose,
    graph.BroadcastOp: _broadcast,
    graph.SliceOp: _slice,
    graph.UpdateSliceOp: _update_slice,
    graph.PickOp: _pick,
    graph.ConcatOp: _concat,
    graph.PadOp: _pad,
    graph.ReverseOp: _reverse,
}
"""Each op that moves elements and its rule."""
