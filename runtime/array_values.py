"""NumPy's functions that choose, limit, round and multiply elements, on symbolic arrays.

Source: <https://numpy.org/doc/stable/reference/routines.math.html>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from xdsl.ir import SSAValue

from ..dialects.emitter import WeakNumber
from .array_calls import Unsupported, cast_to, implements, into
from .array_data import ArrayData, born, result, tracer_of, unsupported, value_of
from .array_dtypes import NumPyDType, asks, graph_dtype, sample
from .array_functions import as_array, in_dtype, reshape, swapaxes

if TYPE_CHECKING:
    from .symbolic_array import SymbolicArray

_NOTHING: Any = getattr(np, "_NoValue")  # noqa: B009


def _sample(x: Any) -> Any:
    if isinstance(x, WeakNumber):
        return x.kind(1)
    kinds: tuple[Any, ...] = (ArrayData, np.ndarray, np.generic)
    return sample(x.dtype) if isinstance(x, kinds) else x


def _plain(x: Any) -> Any:
    """Return lists as arrays, and all else that functions take as it is."""
    if isinstance(x, list | tuple):
        return as_array(x)
    kinds: tuple[Any, ...] = (ArrayData, WeakNumber, np.ndarray, np.generic)
    if isinstance(x, kinds) or type(x) in (bool, int, float):
        return x
    return unsupported(f"an array and a {type(x).__name__}", x)


@implements(np.where)
def where(condition: Any, x: Any = _NOTHING, y: Any = _NOTHING, /) -> SymbolicArray:
    """Return elements of `x` where the condition is true, of `y` elsewhere."""
    if x is _NOTHING or y is _NOTHING:
        raise Unsupported("of a condition alone, whose result has no fixed shape,")
    chosen, x, y = as_array(condition), _plain(x), _plain(y)
    wanted: NumPyDType = asks(np.where, np.True_, _sample(x), _sample(y)).dtype
    if graph_dtype(wanted) is None:
        raise Unsupported(f"in {wanted}")
    _check_broadcast(chosen, x, y)
    build = tracer_of().builder
    value = build.select(in_dtype(chosen, np.dtype(bool)), in_dtype(x, wanted), in_dtype(y, wanted))
    return born(value)


def _check_broadcast(*operands: Any) -> None:
    shapes = [() if isinstance(x, WeakNumber) else np.shape(x) for x in operands]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        np.where(*(sample(np.dtype(bool), shape) for shape in shapes))


@implements(np.clip)
def clip(
    a: Any,
    a_min: Any = _NOTHING,
    a_max: Any = _NOTHING,
    out: Any = None,
    *,
    min: Any = _NOTHING,
    max: Any = _NOTHING,
    **options: Any,
) -> Any:
    """Return the elements, those below and above the limits replaced by them."""
    if options:
        raise Unsupported(f"with '{sorted(options)[0]}'")
    x = as_array(a)
    low = _limit(a_min, min)
    high = _limit(a_max, max)
    if x.dtype.kind in "iu":
        # NumPy takes what no element reaches as no limit.
        limits = np.iinfo(x.dtype)
        low = None if _is_int(low) and not low > limits.min else low
        high = None if _is_int(high) and not high < limits.max else high
    if low is None and high is None:
        return np.positive(x) if out is None else np.positive(x, out=out)
    wanted: NumPyDType = asks(np.clip, _sample(x), _sample(low), _sample(high)).dtype
    build = tracer_of().builder
    value = in_dtype(x, wanted)
    if wanted.kind == "b":
        raise Unsupported("of bools")
    _check_broadcast(x, *(limit if limit is not None else 0 for limit in (low, high)))
    if low is not None:
        value = build.binary("maximum", value, in_dtype(low, wanted))
    if high is not None:
        value = build.binary("minimum", value, in_dtype(high, wanted))
    return result(value) if out is None else into(np.minimum, value, (out,))


def _is_int(limit: Any) -> bool:
    return type(limit) is int or (isinstance(limit, WeakNumber) and limit.kind is int)


def _limit(positional: Any, named: Any) -> Any:
    given = positional if named is _NOTHING else named
    if positional is not _NOTHING and named is not _NOTHING:
        raise Unsupported("with both forms of a limit")
    return None if given is _NOTHING or given is None else _plain(given)


@implements(np.round, np.around)
def round_(a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """Return the nearest numbers of so many decimals; halves go to the even one."""
    x = as_array(a)
    if x.dtype.kind == "b" or (x.dtype.kind in "iu" and decimals < 0):
        raise Unsupported(f"of {x.dtype} to {decimals} decimals")
    build = tracer_of().builder
    value = value_of(x)
    if x.dtype.kind == "f":
        first, last = ("mul", "div") if decimals > 0 else ("div", "mul")
        factor = 10.0 ** abs(int(decimals))
        if not np.isfinite(np.asarray(factor, x.dtype)):
            raise Unsupported(f"to {decimals} decimals")
        value = build.binary(first, value, factor) if decimals else value
        value = build.unary("round", value)
        value = build.binary(last, value, factor) if decimals else value
    return result(value, (x,)) if out is None else into(np.rint, value, (out,))


def _like(function: Any, number: Any) -> Any:
    def like(
        a: Any,
        dtype: Any = None,
        order: Any = "K",
        subok: Any = True,
        shape: Any = None,
        *,
        device: Any = None,
    ) -> SymbolicArray:
        return full_like(a, number, dtype, order, subok, shape, device=device)

    like.__name__ = function.__name__
    return like


@implements(np.full_like)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: Any = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> SymbolicArray:
    """Return a new array of the shape and dtype of another, filled with one number."""
    if order not in ("K", "C", "A") or device not in (None, "cpu"):
        raise Unsupported("with 'order' or 'device'")
    x = as_array(a)
    wanted = x.dtype if dtype is None else np.dtype(dtype)
    if graph_dtype(wanted) is None:
        raise Unsupported(f"in {wanted}")
    extents = x.shape if shape is None else np.empty(shape, "V0").shape
    build = tracer_of().builder
    value = in_dtype(_plain(fill_value), wanted)
    return born(build.broadcast_to(value, extents), like=(x,))


for _there, _number in {np.zeros_like: 0, np.ones_like: 1, np.empty_like: 0}.items():
    implements(_there)(_like(_there, _number))


# Products.


@implements(np.matmul)
def matmul(x: Any, y: Any) -> SSAValue:
    """Return the value of `x @ y`. Raises NumPy's error for shapes that don't match."""
    a, b = as_array(x), as_array(y)
    _check_product(np.matmul, a, b)
    wanted = asks(np.matmul, sample(a.dtype, (1,)), sample(b.dtype, (1,))).dtype
    build = tracer_of().builder
    inner = np.dtype(np.int64) if wanted.kind == "b" else wanted
    return cast_to(build.matmul(in_dtype(a, inner), in_dtype(b, inner)), wanted)


def _check_product(function: Any, a: ArrayData, b: ArrayData) -> None:
    """Raise the error of a product for these shapes, without computing one that is right."""
    try:
        left, right = a.shape, b.shape
        if not left or not right or left[-1] != right[max(len(right) - 2, 0)]:
            raise ValueError
        np.broadcast_shapes(left[:-2], right[:-2])
    except ValueError:
        function(a.sample(), b.sample())


@implements(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Return the product of matrices, of vectors, or with a scalar."""
    x, y = as_array(a), as_array(b)
    if out is not None:
        raise Unsupported("with 'out'")
    if not x.shape or not y.shape:
        return np.multiply(x, y)
    if (len(x.shape) > 2 and len(y.shape) > 1) or len(y.shape) > 2:
        return tensordot(x, y, ((-1,), (-2,))) if len(y.shape) > 1 else result(matmul(x, y))
    if x.shape[-1:] != y.shape[-2:][:1]:
        np.dot(x.sample(), y.sample())
    return result(matmul(x, y))


@implements(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """Return sums of products over the last axes."""
    x, y = as_array(a), as_array(b)
    if not x.shape or not y.shape:
        return np.multiply(x, y)
    if x.shape[-1:] != y.shape[-1:]:
        np.inner(x.sample(), y.sample())
    if len(y.shape) == 1:
        return result(matmul(x, y))
    return tensordot(x, y, ((-1,), (-1,)))


@implements(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """Return the sum of products of all elements."""
    x, y = as_array(a), as_array(b)
    if x.size != y.size:
        np.vdot(x.sample(), y.sample())
    return result(matmul(reshape(x, (x.size,)), reshape(y, (y.size,))))


@implements(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """Return the product of each two elements."""
    if out is not None:
        raise Unsupported("with 'out'")
    x, y = as_array(a), as_array(b)
    return np.multiply(reshape(x, (x.size, 1)), reshape(y, (1, y.size)))


@implements(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return sums of products over several axes."""
    x, y = as_array(a), as_array(b)
    if isinstance(axes, int):
        axes = (range(-axes, 0), range(axes))
    left, right = ([one] if isinstance(one, int) else list(one) for one in axes)
    one, other = len(x.shape), len(y.shape)
    if len(left) != len(right) or any(
        x.shape[i] != y.shape[j] for i, j in zip(left, right, strict=True)
    ):
        raise ValueError("shape-mismatch for sum")
    wanted = asks(np.dot, sample(x.dtype, (1,)), sample(y.dtype, (1,))).dtype
    within = np.dtype(np.int64) if wanted.kind == "b" else wanted
    contract = ([i % one for i in left], [j % other for j in right])
    value = tracer_of().builder.dot_general(
        in_dtype(x, within), in_dtype(y, within), ((), ()), contract
    )
    return born(cast_to(value, wanted))


@implements(np.diff)
def diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = _NOTHING, append: Any = _NOTHING
) -> Any:
    """Return the differences of neighbours along an axis."""
    x = as_array(a)
    if prepend is not _NOTHING or append is not _NOTHING:
        raise Unsupported("with 'prepend' or 'append'")
    if n < 1 or not x.shape:
        np.diff(x.sample(), n, axis)
        return x
    np.take(sample(np.dtype(np.int8), (1,) * len(x.shape)), 0, axis)
    before = (slice(None),) * (axis % len(x.shape))
    subtract = np.not_equal if x.dtype.kind == "b" else np.subtract
    for _ in range(n):
        x = subtract(x[(*before, slice(1, None))], x[(*before, slice(None, -1))])
    return x


@implements(np.trace)
def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """Return the sum of a matrix's diagonal."""
    x = as_array(a)
    if offset or (axis1, axis2) != (0, 1) or len(x.shape) != 2 or x.dtype.kind not in "iuf":
        raise Unsupported("but of one matrix")
    eye = np.eye(*x.shape, dtype=bool)
    return np.sum(np.where(eye, x, x.dtype.type(0)))


@implements(np.real)
def real(val: Any) -> Any:
    """Return the array itself as a view: it has no imaginary part."""
    return as_array(val)[...]


@implements(np.iscomplexobj)
def iscomplexobj(x: Any) -> bool:
    """Return False: no run-time array is complex."""
    return False


@implements(np.isrealobj)
def isrealobj(x: Any) -> bool:
    """Return True: no run-time array is complex."""
    return True


@implements(np.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    """Return the view with the last two axes exchanged."""
    return swapaxes(x, -1, -2)


@implements(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False) -> Any:
    """Return whether elements differ by no more than `atol + rtol * abs(b)`."""
    x, y = as_array(a), as_array(b)
    if {x.dtype.kind, y.dtype.kind} != {"f"} or equal_nan:
        raise Unsupported("of other numbers than floats, or of nan")
    near = np.abs(x - y) <= atol + rtol * np.abs(y)
    return np.logical_or(np.logical_and(near, np.isfinite(y)), np.equal(x, y))
