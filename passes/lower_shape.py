"""What graph's ops that make tensors or move elements are in linalg and tensor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from xdsl.dialects import arith, tensor
from xdsl.dialects.builtin import ArrayAttr, DenseIntOrFPElementsAttr, IntegerAttr
from xdsl.ir import Operation, SSAValue

from ..dialects import graph
from ..dialects.append import append
from ..dialects.dtypes import int64, spec_of
from .lower_elementwise import convert
from .scalar_ops import INDEX, ScalarOps, integer, signless, tensor_of
from .structured_ops import Access, TensorOps, element_of, identity, integers, shape_of

Operands = Sequence[SSAValue]


def lower_constant(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append a constant of signless elements."""
    value = cast(graph.ConstantOp, op).value
    spec = spec_of(op.results[0].type)
    type: Any = tensor_of(signless(spec.dtype), spec.shape)
    if spec.dtype.kind == "u":
        value = DenseIntOrFPElementsAttr(type, value.data)
    return append(to.block, arith.ConstantOp, (), (type,), {"value": value}, to.location).result


def lower_iota(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the indices along an axis."""
    spec, axis = spec_of(op.results[0].type), cast(graph.IotaOp, op).axis.value.data

    def body(scalars: ScalarOps, _: Operands) -> Operands:
        number = scalars.emit(arith.IndexCastOp, int64.element, scalars.index(axis))
        return [convert(scalars, number, int64, spec.dtype)]

    return to.map((), signless(spec.dtype), spec.shape, body)


def lower_reshape(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the elements in another shape."""
    return reshape(to, operands[0], spec_of(op.results[0].type).shape)


def reshape(to: TensorOps, value: SSAValue, shape: tuple[int, ...]) -> SSAValue:
    """Append axes merged or split; where neither alone does it, all are merged before."""
    source = shape_of(value)
    if source == shape:
        return value
    if not source:
        # MLIR would split no axes into several; xDSL's verifier refuses that.
        return to.broadcast(value, range(len(shape)), shape)
    groups = reassociation(source, shape)
    if groups is None:
        count = math.prod(source)
        flat = _reshaped(to, tensor.CollapseShapeOp, value, (count,), whole_group(len(source)))
        return _reshaped(to, tensor.ExpandShapeOp, flat, shape, whole_group(len(shape)))
    merges = len(source) > len(shape)
    kind = tensor.CollapseShapeOp if merges else tensor.ExpandShapeOp
    return _reshaped(to, kind, value, shape, groups)


def _reshaped(
    to: TensorOps,
    kind: type[Operation],
    value: SSAValue,
    shape: tuple[int, ...],
    groups: tuple[tuple[int, ...], ...],
) -> SSAValue:
    properties: dict[str, Any] = {"reassociation": _groups(groups)}
    if kind is tensor.ExpandShapeOp:
        properties["static_output_shape"] = integers(*shape)
    return to.add(
        kind.create(
            operands=(value,),
            result_types=(tensor_of(element_of(value), shape),),
            properties=properties,
            location=to.location,
        )
    )


@lru_cache(10_000)
def _groups(groups: tuple[tuple[int, ...], ...]) -> ArrayAttr[ArrayAttr[IntegerAttr]]:
    return ArrayAttr([ArrayAttr([integer(axis) for axis in group]) for group in groups])


def whole_group(rank: int) -> tuple[tuple[int, ...], ...]:
    """Return the reassociation of all axes with one."""
    return (tuple(range(rank)),) if rank else ()


def reassociation(
    source: tuple[int, ...], target: tuple[int, ...]
) -> tuple[tuple[int, ...], ...] | None:
    """Return which axes of the longer shape make up each axis of the shorter, None if none do."""
    short, long = sorted((source, target), key=len)
    if len(short) == len(long):
        return None
    if len(short) <= 1:
        return whole_group(len(long)) if short else ()
    if 0 in long:
        return None
    groups: list[tuple[int, ...]] = []
    axis = 0
    for extent in short:
        start, size = axis, 1
        while axis < len(long) and (axis == start or size < extent):
            size *= long[axis]
            axis += 1
        if size != extent or axis == start:
            return None
        groups.append(tuple(range(start, axis)))
    if any(extent != 1 for extent in long[axis:]):
        return None
    groups[-1] = (*groups[-1], *range(axis, len(long)))
    return tuple(groups)


def lower_transpose(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the axes in another order."""
    permutation = cast(graph.TransposeOp, op).permutation.get_values()
    return to.transpose(operands[0], permutation, spec_of(op.results[0].type).shape)


def lower_broadcast(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the tensor repeated: axes of length 1 are taken out first, for linalg adds axes."""
    axes = cast(graph.BroadcastOp, op).dimensions.get_values()
    shape = spec_of(op.results[0].type).shape
    source = shape_of(operands[0])
    kept = [axis for axis, n in zip(axes, source, strict=True) if n == shape[axis]]
    value = reshape(to, operands[0], tuple(shape[axis] for axis in kept))
    if len(kept) == len(shape):
        return value
    return to.broadcast(value, [i for i in range(len(shape)) if i not in kept], shape)


def lower_slice(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append a part of a tensor."""
    bounds = cast(graph.SliceOp, op)
    starts, strides = bounds.starts.get_values(), bounds.strides.get_values()
    return to.slice(operands[0], starts, spec_of(op.results[0].type).shape, strides)


def lower_update_slice(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append a tensor with a part replaced."""
    bounds = cast(graph.UpdateSliceOp, op)
    starts, strides = bounds.starts.get_values(), bounds.strides.get_values()
    return to.insert(operands[1], operands[0], starts, strides)


def lower_pick(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the part at an index, which is held inside the tensor, without its axis."""
    axis, shape = cast(graph.PickOp, op).axis.value.data, shape_of(operands[0])
    whole = to.whole(())
    ends = [whole.constant(number, int64.element) for number in (0, shape[axis] - 1)]
    above = whole.emit(arith.MaxSIOp, int64.element, operands[1], ends[0])
    inside = whole.emit(arith.MinSIOp, int64.element, above, ends[1])
    types = [int64.element]
    number = to.add(
        tensor.ExtractOp.create(operands=[inside], result_types=types, location=to.location)
    )
    index = ScalarOps(to.block, to.location).emit(arith.IndexCastOp, INDEX, number)
    part = to.entry(operands[0], axis, index)
    return reshape(to, part, spec_of(op.results[0].type).shape)


def lower_concat(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the operands written one after the other into an empty tensor."""
    axis, shape = cast(graph.ConcatOp, op).axis.value.data, spec_of(op.results[0].type).shape
    if len(operands) == 1:
        return operands[0]
    result = to.empty(element_of(operands[0]), shape)
    start = 0
    for value in operands:
        offsets = [start if i == axis else 0 for i in range(len(shape))]
        result = to.insert(value, result, offsets, [1] * len(shape))
        start += shape_of(value)[axis]
    return result


def lower_pad(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the operand written into a tensor of the frame's value."""
    shape = spec_of(op.results[0].type).shape
    if not shape:
        return operands[0]
    frame = to.broadcast(operands[1], range(len(shape)), shape)
    return to.insert(operands[0], frame, cast(graph.PadOp, op).low.get_values(), [1] * len(shape))


def lower_reverse(to: TensorOps, op: Operation, operands: Operands) -> SSAValue:
    """Append the elements read from the end of some axes."""
    shape, axes = shape_of(operands[0]), cast(graph.ReverseOp, op).axes.get_values()
    read: Access = tuple(
        (i, -1, n - 1) if i in axes and n > 1 else (i, 1, 0) for i, n in enumerate(shape)
    )
    out = to.empty(element_of(operands[0]), shape)
    accesses = [read, identity(len(shape))]
    return to.generic(
        operands, [out], accesses, [True] * len(shape), lambda _, values: values[:1]
    ).results[0]


SHAPE = {
    graph.ConstantOp: lower_constant,
    graph.IotaOp: lower_iota,
    graph.ReshapeOp: lower_reshape,
    graph.TransposeOp: lower_transpose,
    graph.BroadcastOp: lower_broadcast,
    graph.SliceOp: lower_slice,
    graph.UpdateSliceOp: lower_update_slice,
    graph.PickOp: lower_pick,
    graph.ConcatOp: lower_concat,
    graph.PadOp: lower_pad,
    graph.ReverseOp: lower_reverse,
}
