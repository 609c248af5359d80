"""NumPy's reductions on symbolic arrays, in the dtypes that NumPy computes and returns them in.

Sums of floats differ from NumPy's in their last bits: the order of additions is another one.
Source: <https://numpy.org/doc/stable/reference/routines.math.html>.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from xdsl.ir import SSAValue

from .array_calls import METHODS, Unsupported, cast_to, implements, into
from .array_data import ArrayData, born, tracer_of, unsupported
from .array_dtypes import NumPyDType, asks, sample
from .array_functions import as_array, several

_NOTHING: Any = getattr(np, "_NoValue")  # noqa: B009
_KINDS: dict[np.ufunc, tuple[str, Callable[..., Any]]] = {
    np.add: ("sum", np.sum),
    np.multiply: ("prod", np.prod),
    np.maximum: ("max", np.max),
    np.minimum: ("min", np.min),
    np.logical_or: ("any", np.any),
    np.logical_and: ("all", np.all),
}


def reduce(
    ufunc: np.ufunc,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = _NOTHING,
    where: Any = True,
) -> Any:
    """Return `ufunc.reduce(array, …)`, for the ufuncs that the graph can reduce by."""
    if ufunc not in _KINDS:
        unsupported(f"numpy.{ufunc.__name__}.reduce", array)
    kind, function = _KINDS[ufunc]
    return _reduced(kind, function, array, axis, dtype, out, keepdims, initial, where)


METHODS["reduce"] = reduce


def _reduced(
    kind: str,
    function: Callable[..., Any],
    array: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = _NOTHING,
    where: Any = True,
) -> Any:
    _only_defaults(initial, where)
    x = as_array(array)
    over = _axes(function, x, axis)
    keeps = _flag(keepdims)
    options = {} if dtype is None else {"dtype": dtype}
    wanted: NumPyDType = asks(function, sample(x.dtype, (1,)), **options).dtype
    if kind in ("max", "min") and any(x.shape[i] == 0 for i in over):
        function(x.sample(), axis=axis)
    value = reduced(kind, x, over, keeps, wanted)
    return _given(value, out, np.add)


def reduced(
    kind: str, x: ArrayData, over: tuple[int, ...], keepdims: bool, wanted: NumPyDType
) -> SSAValue:
    """Return the reduction of an array over axes, computed in the dtype that is returned."""
    build = tracer_of().builder
    value = x.graph_value(tracer_of())
    if kind in ("sum", "prod"):
        value = cast_to(value, wanted)
    if wanted.kind == "b":
        kind = {"max": "any", "min": "all", "sum": "any", "prod": "all"}.get(kind, kind)
    found = build.reduce(kind, value, over, keepdims)
    return cast_to(found, wanted)


def _axes(function: Callable[..., Any], x: ArrayData, axis: Any) -> tuple[int, ...]:
    """Return the axes to reduce over. Raises NumPy's errors for wrong ones."""
    rank = len(x.shape)
    if axis is None:
        return tuple(range(rank))
    asks(function, sample(np.dtype(np.float64), (1,) * rank), axis=axis)
    return tuple(sorted(int(one) % rank for one in several(axis))) if rank else ()


def _flag(keepdims: Any) -> bool:
    return keepdims is not _NOTHING and bool(keepdims)


def _only_defaults(initial: Any = _NOTHING, where: Any = True) -> None:
    if initial is not _NOTHING:
        raise Unsupported("with 'initial'")
    if where is not True and where is not _NOTHING:
        raise Unsupported("with 'where'")


def _given(value: SSAValue, out: Any, ufunc: np.ufunc) -> Any:
    """Return the result: a scalar where it has no axes, or what was given as `out`."""
    outs = several(out)
    if outs[0] is not None:
        return into(ufunc, value, outs)
    shape = tracer_of().builder.emitter.spec(value).shape
    return born(value, not shape)


@implements(np.sum)
def sum_(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NOTHING,
    initial: Any = _NOTHING,
    where: Any = _NOTHING,
) -> Any:
    """Return the sum over axes; small integers are summed in the widest of their kind."""
    return _reduced("sum", np.sum, a, axis, dtype, out, keepdims, initial, where)


@implements(np.prod)
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NOTHING,
    initial: Any = _NOTHING,
    where: Any = _NOTHING,
) -> Any:
    """Return the product over axes."""
    return _reduced("prod", np.prod, a, axis, dtype, out, keepdims, initial, where)


@implements(np.max, np.amax)
def max_(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = _NOTHING,
    initial: Any = _NOTHING,
    where: Any = _NOTHING,
) -> Any:
    """Return the greatest element, nan if there is one. Raises `ValueError` for no elements."""
    return _reduced("max", np.max, a, axis, None, out, keepdims, initial, where)


@implements(np.min, np.amin)
def min_(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = _NOTHING,
    initial: Any = _NOTHING,
    where: Any = _NOTHING,
) -> Any:
    """Return the least element, nan if there is one. Raises `ValueError` for no elements."""
    return _reduced("min", np.min, a, axis, None, out, keepdims, initial, where)


@implements(np.any)
def any_(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = _NOTHING, *, where: Any = _NOTHING
) -> Any:
    """Return whether an element is not 0."""
    return _reduced("any", np.any, a, axis, None, out, keepdims, _NOTHING, where)


@implements(np.all)
def all_(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = _NOTHING, *, where: Any = _NOTHING
) -> Any:
    """Return whether no element is 0."""
    return _reduced("all", np.all, a, axis, None, out, keepdims, _NOTHING, where)


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = _NOTHING) -> Any:
    """Return the greatest less the least element."""
    if out is not None:
        raise Unsupported("with 'out'")
    return np.subtract(max_(a, axis, None, keepdims), min_(a, axis, None, keepdims))


def _argument(
    kind: str, function: Callable[..., Any], a: Any, axis: Any, out: Any, keepdims: Any
) -> Any:
    if out is not None:
        raise Unsupported("with 'out'")
    x = as_array(a)
    rank = len(x.shape)
    asks(function, sample(x.dtype, (1,) * rank), axis)
    along = None if axis is None or not rank else int(axis) % rank
    extents = x.shape if along is None else (x.shape[along],)
    if 0 in extents:
        function(x.sample(), axis)
    build = tracer_of().builder
    value = x.graph_value(tracer_of())
    if x.dtype.kind == "b":
        value = cast_to(value, np.dtype(np.uint8))
    if not rank:
        value = build.reshape(value, (1,))
    found = build.argreduce(kind, value, along, _flag(keepdims) and bool(rank))
    return _given(found, None, np.add)


@implements(np.argmax)
def argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = _NOTHING) -> Any:
    """Return the index of the first greatest element, or of the first nan."""
    return _argument("max", np.argmax, a, axis, out, keepdims)


@implements(np.argmin)
def argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = _NOTHING) -> Any:
    """Return the index of the first least element, or of the first nan."""
    return _argument("min", np.argmin, a, axis, out, keepdims)


@implements(np.mean)
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NOTHING,
    *,
    where: Any = _NOTHING,
) -> Any:
    """Return the mean over axes: of integers and bools in float64."""
    _only_defaults(where=where)
    x = as_array(a)
    over = _axes(np.mean, x, axis)
    inner, wanted = _mean_dtypes(x.dtype, dtype)
    total = reduced("sum", x, over, _flag(keepdims), inner)
    value = _divided(total, _count(x, over))
    return _given(cast_to(value, wanted), out, np.add)


def _mean_dtypes(own: NumPyDType, dtype: Any) -> tuple[NumPyDType, NumPyDType]:
    """Return the dtype that a mean is computed in, and its own."""
    if dtype is not None:
        given = np.dtype(dtype)
        if given.kind != "f":
            raise Unsupported(f"in {given}")
        return given, given
    if own.kind in "biu":
        return np.dtype(np.float64), np.dtype(np.float64)
    return (np.dtype(np.float32), own) if own == np.float16 else (own, own)


def _count(x: ArrayData, over: tuple[int, ...], ddof: Any = 0) -> int:
    count = math.prod(x.shape[i] for i in over)
    if not isinstance(ddof, int) or count - ddof <= 0 or not count:
        raise Unsupported("of no elements, where NumPy warns,")
    return count - ddof


def _divided(total: SSAValue, count: int) -> SSAValue:
    return tracer_of().builder.binary("div", total, float(count))


@implements(np.var)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = _NOTHING,
    *,
    where: Any = _NOTHING,
    mean: Any = _NOTHING,
    correction: Any = _NOTHING,
) -> Any:
    """Return the mean of the squares of deviations from the mean, over n - `ddof`."""
    _only_defaults(where=where)
    if mean is not _NOTHING or correction is not _NOTHING:
        raise Unsupported("with 'mean' or 'correction'")
    x = as_array(a)
    over = _axes(np.var, x, axis)
    inner, wanted = _mean_dtypes(x.dtype, dtype)
    build = tracer_of().builder
    center = _divided(reduced("sum", x, over, True, inner), _count(x, over))
    deviation = build.binary("sub", cast_to(x.graph_value(tracer_of()), inner), center)
    square = build.binary("mul", deviation, deviation)
    total = build.reduce("sum", square, over, _flag(keepdims))
    value = _divided(total, _count(x, over, ddof))
    return _given(cast_to(value, wanted), out, np.add)


@implements(np.std)
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = _NOTHING,
    *,
    where: Any = _NOTHING,
    mean: Any = _NOTHING,
    correction: Any = _NOTHING,
) -> Any:
    """Return the square root of the variance."""
    found = var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    return np.sqrt(found) if out is None else np.sqrt(found, out=out)


@implements(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """Return the mean over axes."""
    if weights is not None or returned:
        raise Unsupported("with 'weights' or 'returned'")
    return mean(a, axis, keepdims=keepdims)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the square root of the sum of squares of all elements."""
    if ord is not None or axis is not None or keepdims:
        raise Unsupported("with 'ord', 'axis' or 'keepdims'")
    array = as_array(x)
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    return np.sqrt(sum_(np.multiply(array, array)))
