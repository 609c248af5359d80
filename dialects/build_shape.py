"""Builders of ops that move elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from .build_elementwise import ElementwiseBuilder
from .dtypes import DType, TensorSpec, promote
from .emitter import Number, Value


class ShapeBuilder(ElementwiseBuilder[Value], Generic[Value]):
    """Reshape, transpose, slices and joins. Negative axes count from the end."""

    def iota(self, shape: tuple[int, ...], axis: int, dtype: DType) -> Value:
        """Return 0, 1, 2, … along `axis`."""
        spec = TensorSpec(shape, dtype)
        return self.emitter.emit("graph.iota", (), spec, {"axis": axis})

    def stop_gradient(self, x: Value) -> Value:
        """Return `x`, as a constant where gradients are taken."""
        return self.emitter.emit("graph.stop_gradient", (x,), self.emitter.spec(x), {})

    def reshape(self, x: Value, shape: Sequence[int]) -> Value:
        """Return the same elements in another shape; one extent may be -1.

        Raises `ValueError` if the number of elements differs.
        """
        spec = self.emitter.spec(x)
        wanted = _complete(tuple(shape), spec.size)
        if wanted == spec.shape:
            return x
        return self.emitter.emit("graph.reshape", (x,), TensorSpec(wanted, spec.dtype), {})

    def transpose(self, x: Value, axes: Sequence[int] | None = None) -> Value:
        """Return `x` with its axes in another order, reversed when `axes` is None."""
        spec = self.emitter.spec(x)
        rank = len(spec.shape)
        order = tuple(range(rank))[::-1] if axes is None else normalize_axes(axes, rank)
        if len(order) != rank:
            raise ValueError("axes don't match the tensor")
        if order == tuple(range(rank)):
            return x
        result = TensorSpec(tuple(spec.shape[axis] for axis in order), spec.dtype)
        return self.emitter.emit("graph.transpose", (x,), result, {"permutation": order})

    def slice(
        self, x: Value, starts: Sequence[int], limits: Sequence[int], strides: Sequence[int]
    ) -> Value:
        """Return the elements `start:limit:stride` of each axis; strides are positive."""
        spec = self.emitter.spec(x)
        bounds = tuple(zip(starts, limits, strides, strict=True))
        shape = tuple(max(0, -(-(limit - start) // stride)) for start, limit, stride in bounds)
        if shape == spec.shape:
            return x
        attributes = {
            "starts": tuple(starts),
            "limits": tuple(max(start, limit) for start, limit, _ in bounds),
            "strides": tuple(strides),
        }
        return self.emitter.emit("graph.slice", (x,), TensorSpec(shape, spec.dtype), attributes)

    def update_slice(
        self, x: Value, update: Value, starts: Sequence[int], strides: Sequence[int]
    ) -> Value:
        """Return `x` with `update`, of the same dtype and rank, written into it."""
        attributes = {"starts": tuple(starts), "strides": tuple(strides)}
        operands = (x, update)
        return self.emitter.emit("graph.update_slice", operands, self.emitter.spec(x), attributes)

    def pick(self, x: Value, index: Value, axis: int) -> Value:
        """Return the elements at a 0-d int64 index along an axis, which is left out.

        An index that lies outside counts as the nearest one.
        """
        spec = self.emitter.spec(x)
        result = TensorSpec((*spec.shape[:axis], *spec.shape[axis + 1 :]), spec.dtype)
        return self.emitter.emit("graph.pick", (x, index), result, {"axis": axis})

    def concat(self, values: Sequence[Value], axis: int) -> Value:
        """Return the values one after the other along `axis`, promoted to one dtype.

        Raises `ValueError` for no values and for extents that differ off the axis.
        """
        if not values:
            raise ValueError("need at least one tensor to concatenate")
        specs = [self.emitter.spec(value) for value in values]
        dtype = specs[0].dtype
        for spec in specs[1:]:
            dtype = promote(dtype, spec.dtype)
        (along,) = normalize_axes((axis,), len(specs[0].shape))
        first = specs[0].shape
        for spec in specs:
            if len(spec.shape) != len(first) or any(
                m != n for i, (m, n) in enumerate(zip(spec.shape, first, strict=True)) if i != along
            ):
                raise ValueError(f"can't concatenate {spec.shape} to {first} along axis {axis}")
        total = sum(spec.shape[along] for spec in specs)
        result = TensorSpec((*first[:along], total, *first[along + 1 :]), dtype)
        operands = tuple(self.convert(value, dtype) for value in values)
        if len(operands) == 1:
            return operands[0]
        return self.emitter.emit("graph.concat", operands, result, {"axis": along})

    def pad(self, x: Value, low: Sequence[int], high: Sequence[int], number: Number = 0) -> Value:
        """Return `x` with `low` and `high` elements of one number around it, by axis."""
        spec = self.emitter.spec(x)
        shape = tuple(a + n + b for a, n, b in zip(low, spec.shape, high, strict=True))
        value = self.full((), number, spec.dtype)
        attributes = {"low": tuple(low), "high": tuple(high)}
        result = TensorSpec(shape, spec.dtype)
        return self.emitter.emit("graph.pad", (x, value), result, attributes)

    def reverse(self, x: Value, axes: Sequence[int]) -> Value:
        """Return `x` with the order of its elements turned round along the axes."""
        spec = self.emitter.spec(x)
        turned = normalize_axes(axes, len(spec.shape))
        if not turned:
            return x
        return self.emitter.emit("graph.reverse", (x,), spec, {"axes": turned})


def normalize_axes(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Return axes counted from the front.

    Raises `ValueError` for an axis out of range or one that stands twice; `numpy.exceptions.
    AxisError` is a `ValueError`, too.
    """
    result: list[int] = []
    for axis in axes:
        if not -rank <= axis < rank:
            raise ValueError(f"axis {axis} is out of bounds for a tensor of dimension {rank}")
        result.append(axis % rank)
    if len(set(result)) != len(result):
        raise ValueError("repeated axis")
    return tuple(result)


def _complete(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """Return the shape with -1 replaced by what makes it hold `size` elements."""
    known = 1
    for extent in shape:
        known *= extent if extent != -1 else 1
    if shape.count(-1) > 1 or min(shape, default=0) < -1:
        raise ValueError("can only specify one unknown dimension")
    if -1 in shape:
        if known == 0 or size % known:
            raise ValueError(f"cannot reshape array of size {size} into shape {shape}")
        return tuple(size // known if extent == -1 else extent for extent in shape)
    if known != size:
        raise ValueError(f"cannot reshape array of size {size} into shape {shape}")
    return shape
