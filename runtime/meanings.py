"""What each graph op computes, in NumPy: the table that eager mode and constant folding share.

A meaning is called with the result's shape and dtype, the operands' arrays, and the op's
attributes as Python values; it may return a view or a NumPy scalar, `compute` an array.
float16 and bfloat16 are computed in float32 and rounded once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..dialects.dtypes import TensorSpec, integer_limits
from ..dialects.emitter import AttributeValue
from .arrays import Array, dtype_of, numpy_dtype
from .convolution import convolution
from .error_function import erf

Meaning = Callable[..., Any]

_NARROW = ("float16", "bfloat16")


def compute(
    op: str,
    operands: Sequence[Array],
    result: TensorSpec,
    attributes: Mapping[str, AttributeValue],
) -> Array:
    """Return the array that an op gives on these operands; no NumPy warning gets out.

    It may share memory with an operand.
    """
    with np.errstate(all="ignore"):
        return np.asarray(MEANINGS[op](result, *operands, **attributes))


def convert(array: Array, result: TensorSpec) -> Array:
    """Return the numbers in another dtype: toward 0, out of range the nearest limit, nan is 0."""
    target = numpy_dtype(result.dtype)
    source = dtype_of(array.dtype)
    if not (source.is_floating and result.dtype.is_integer):
        return array.astype(target)
    least, greatest = integer_limits(result.dtype)
    wide = array.astype(np.float64)
    # As float64 the greatest int64 is one too large, so it is not converted but put in.
    inside = (wide > least - 1) & (wide < greatest + 1)
    numbers = np.where(inside, wide, 0).astype(target)
    numbers[wide <= least] = least
    numbers[wide >= float(greatest)] = greatest
    return numbers


def _convert(result: TensorSpec, x: Array) -> Array:
    return convert(x, result)


def _wide(function: Callable[..., Any]) -> Meaning:
    """Return the meaning that computes narrow floats in float32."""

    def meaning(result: TensorSpec, *operands: Array) -> Any:
        if result.dtype.name in _NARROW:
            wide = function(*(x.astype(np.float32) for x in operands))
            return np.asarray(wide).astype(numpy_dtype(result.dtype))
        return function(*operands)

    return meaning


def _erf(x: Array) -> Array:
    return np.asarray(erf(x.astype(np.float64))).astype(x.dtype)


def _rsqrt(x: Array) -> Any:
    return np.asarray(1, x.dtype) / np.sqrt(x)


def _power(x: Array, y: Array) -> Any:
    if x.dtype.kind == "f" or y.dtype.kind == "u":
        return np.power(x, y)
    # What 1/x**|y| is without its fraction: 0 unless x is 1 or -1.
    powers = np.power(x, np.maximum(y, 0))
    unit = np.where(x == 1, 1, np.where(x == -1, 1 - 2 * (y & 1), 0))
    return np.where(y < 0, unit, powers).astype(x.dtype)


def _compare(result: TensorSpec, x: Array, y: Array, *, predicate: str) -> Any:
    return _PREDICATES[predicate](x, y)


def _select(result: TensorSpec, condition: Array, x: Array, y: Array) -> Any:
    return np.where(condition, x, y)


def _iota(result: TensorSpec, *, axis: int) -> Array:
    count = result.shape[axis]
    shape = tuple(count if i == axis else 1 for i in range(len(result.shape)))
    numbers = np.arange(count).astype(numpy_dtype(result.dtype))
    return np.broadcast_to(numbers.reshape(shape), result.shape)


def _identity(result: TensorSpec, x: Array) -> Array:
    return x


def _reshape(result: TensorSpec, x: Array) -> Array:
    return x.reshape(result.shape)


def _transpose(result: TensorSpec, x: Array, *, permutation: tuple[int, ...]) -> Array:
    return x.transpose(permutation)


def _broadcast(result: TensorSpec, x: Array, *, dimensions: tuple[int, ...]) -> Array:
    aligned = [1] * len(result.shape)
    for extent, axis in zip(x.shape, dimensions, strict=True):
        aligned[axis] = extent
    return np.broadcast_to(x.reshape(aligned), result.shape)


def _slice(
    result: TensorSpec,
    x: Array,
    *,
    starts: tuple[int, ...],
    limits: tuple[int, ...],
    strides: tuple[int, ...],
) -> Array:
    return x[tuple(map(slice, starts, limits, strides))]


def _update_slice(
    result: TensorSpec,
    x: Array,
    update: Array,
    *,
    starts: tuple[int, ...],
    strides: tuple[int, ...],
) -> Array:
    written = x.copy()
    if update.size:
        stops = (a + (n - 1) * k + 1 for a, n, k in zip(starts, update.shape, strides, strict=True))
        written[tuple(map(slice, starts, stops, strides))] = update
    return written


def _pick(result: TensorSpec, x: Array, index: Array, *, axis: int) -> Array:
    return np.take(x, index, axis, mode="clip")


def _concat(result: TensorSpec, *operands: Array, axis: int) -> Array:
    return np.concatenate(operands, axis)


def _pad(
    result: TensorSpec, x: Array, value: Array, *, low: tuple[int, ...], high: tuple[int, ...]
) -> Array:
    framed = np.full(result.shape, value, x.dtype)
    framed[tuple(slice(a, a + n) for a, n in zip(low, x.shape, strict=True))] = x
    return framed


def _reverse(result: TensorSpec, x: Array, *, axes: tuple[int, ...]) -> Array:
    return np.flip(x, axes)


def _reduce(result: TensorSpec, x: Array, *, kind: str, axes: tuple[int, ...]) -> Any:
    narrow = result.dtype.name in _NARROW
    function = _REDUCTIONS[kind]
    if kind in ("sum", "prod"):
        # Without a dtype NumPy would sum small integers in wider ones.
        wide = x.astype(np.float32) if narrow else x
        total = function.reduce(wide, axis=axes, dtype=wide.dtype)
    else:
        total = function.reduce(x.astype(np.float32) if narrow else x, axis=axes)
    return np.asarray(total).astype(x.dtype)


def _argreduce(result: TensorSpec, x: Array, *, kind: str, axis: int) -> Any:
    comparable = x.astype(np.float32) if dtype_of(x.dtype).name in _NARROW else x
    found = np.argmax(comparable, axis) if kind == "max" else np.argmin(comparable, axis)
    return np.asarray(found).astype(np.int64)


def _dot_general(
    result: TensorSpec,
    x: Array,
    y: Array,
    *,
    lhs_batch: tuple[int, ...],
    rhs_batch: tuple[int, ...],
    lhs_contract: tuple[int, ...],
    rhs_contract: tuple[int, ...],
) -> Array:
    if result.dtype.name in _NARROW:
        x, y = x.astype(np.float32), y.astype(np.float32)
    lhs_free = tuple(i for i in range(x.ndim) if i not in (*lhs_batch, *lhs_contract))
    rhs_free = tuple(i for i in range(y.ndim) if i not in (*rhs_batch, *rhs_contract))
    batch = tuple(x.shape[axis] for axis in lhs_batch)
    summed = math.prod(x.shape[axis] for axis in lhs_contract)
    rows = math.prod(x.shape[axis] for axis in lhs_free)
    columns = math.prod(y.shape[axis] for axis in rhs_free)
    left = x.transpose(*lhs_batch, *lhs_free, *lhs_contract).reshape(*batch, rows, summed)
    right = y.transpose(*rhs_batch, *rhs_contract, *rhs_free).reshape(*batch, summed, columns)
    product = np.matmul(left, right).reshape(result.shape)
    return product.astype(numpy_dtype(result.dtype), copy=False)


def _conv(result: TensorSpec, x: Array, weight: Array, **moves: Any) -> Array:
    if result.dtype.name in _NARROW:
        x, weight = x.astype(np.float32), weight.astype(np.float32)
    return convolution(x, weight, **moves).astype(numpy_dtype(result.dtype), copy=False)


_PREDICATES: dict[str, Callable[[Array, Array], Any]] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
_REDUCTIONS = {
    "sum": np.add,
    "prod": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
    "any": np.logical_or,
    "all": np.logical_and,
}

MEANINGS: dict[str, Meaning] = {
    "graph.neg": _wide(np.negative),
    "graph.abs": _wide(np.abs),
    "graph.sign": _wide(np.sign),
    "graph.exp": _wide(np.exp),
    "graph.log": _wide(np.log),
    "graph.sqrt": _wide(np.sqrt),
    "graph.rsqrt": _wide(_rsqrt),
    "graph.tanh": _wide(np.tanh),
    "graph.erf": _wide(_erf),
    "graph.sin": _wide(np.sin),
    "graph.cos": _wide(np.cos),
    "graph.floor": _wide(np.floor),
    "graph.ceil": _wide(np.ceil),
    "graph.trunc": _wide(np.trunc),
    "graph.round": _wide(np.rint),
    "graph.not": _wide(np.invert),
    "graph.add": _wide(np.add),
    "graph.sub": _wide(np.subtract),
    "graph.mul": _wide(np.multiply),
    "graph.div": _wide(np.divide),
    "graph.floordiv": _wide(np.floor_divide),
    "graph.mod": _wide(np.remainder),
    "graph.pow": _wide(_power),
    "graph.maximum": _wide(np.maximum),
    "graph.minimum": _wide(np.minimum),
    "graph.and": _wide(np.bitwise_and),
    "graph.or": _wide(np.bitwise_or),
    "graph.xor": _wide(np.bitwise_xor),
    "graph.compare": _compare,
    "graph.select": _select,
    "graph.convert": _convert,
    "graph.iota": _iota,
    "graph.reshape": _reshape,
    "graph.transpose": _transpose,
    "graph.broadcast": _broadcast,
    "graph.slice": _slice,
    "graph.update_slice": _update_slice,
    "graph.pick": _pick,
    "graph.concat": _concat,
    "graph.pad": _pad,
    "graph.reverse": _reverse,
    "graph.reduce": _reduce,
    "graph.argreduce": _argreduce,
    "graph.dot_general": _dot_general,
    "graph.conv": _conv,
    "graph.stop_gradient": _identity,
}
"""Every pure op but `graph.constant`, whose meaning is its data, and those of gradients."""
