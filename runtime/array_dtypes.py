"""What NumPy says of dtypes, asked of NumPy itself, and its conversions as graph ops.

Source: <https://numpy.org/doc/stable/reference/arrays.promotion.html>.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..dialects import dtypes
from ..dialects.dtypes import DType, float32, float64, int32, int64
from .arrays import Array, dtype_of, numpy_dtype

if TYPE_CHECKING:
    from xdsl.ir import SSAValue

    from ..dialects.build import IRBuilder

NumPyDType = np.dtype[Any]

_X86 = platform.machine().lower() in ("x86_64", "amd64")


def graph_dtype(there: NumPyDType) -> DType | None:
    """Return the graph's dtype for a native one of NumPy, None where a run-time array has none.

    bfloat16 is no dtype of NumPy's own, and none is in another byte order.
    """
    if there.kind not in "biuf" or not there.isnative:
        return None
    try:
        return dtype_of(there)
    except TypeError:
        return None


def is_first_name(there: NumPyDType) -> bool:
    """Return whether a dtype is the one that results have: C has two names for some integers."""
    found = graph_dtype(there)
    return found is not None and numpy_dtype(found).num == there.num


def converts_alike(source: NumPyDType, target: NumPyDType) -> bool:
    """Return whether the machine converts floats to integers as is emulated here."""
    return _X86 or not (source.kind == "f" and target.kind in "iu")


def convert(build: IRBuilder, x: SSAValue, dtype: DType) -> SSAValue:
    """Return the numbers in another dtype as NumPy's C casts give them, out of range too.

    Out of range C leaves it open; this is what x86 does: 8 and 16 bits are cut off an int32,
    uint64 off an int64, and what doesn't fit those is their least number.
    """
    source = build.emitter.spec(x).dtype
    if not (source.is_floating and dtype.is_integer):
        return build.convert(x, dtype)
    if dtype.bits <= 16 or dtype is int32:
        return build.convert(_truncated(build, x, int32), dtype)
    if dtype is int64:
        return _truncated(build, x, int64)
    signed = int32 if dtype is dtypes.uint32 else int64
    wide = build.convert(x, float64)
    half = 2.0 ** (signed.bits - 1)
    low = build.convert(_truncated(build, wide, signed), dtype)
    shifted = build.binary("sub", wide, half)
    high = build.convert(_truncated(build, shifted, signed), dtype)
    high = build.binary("xor", high, 1 << (signed.bits - 1))
    return build.select(build.compare("ge", wide, half), high, low)


def _truncated(build: IRBuilder, x: SSAValue, dtype: DType) -> SSAValue:
    """Return int32 or int64, the least one for what doesn't fit."""
    spec = build.emitter.spec(x)
    if spec.dtype is dtypes.float16:
        x = build.convert(x, float32)
    limit = 2.0 ** (dtype.bits - 1)
    wide = build.convert(x, float64) if dtype is int32 else x
    least = -limit - 1.0 if dtype is int32 else -limit
    above = build.compare("gt" if dtype is int32 else "ge", wide, least)
    inside = build.binary("and", above, build.compare("lt", wide, limit))
    number = build.full((), -(1 << (dtype.bits - 1)), dtype)
    return build.select(inside, build.convert(x, dtype), number)


def number_value(build: IRBuilder, number: object, there: NumPyDType) -> SSAValue:
    """Return a Python number or a NumPy scalar as a 0-d constant of a dtype.

    Raises what NumPy raises for one that doesn't fit.
    """
    if isinstance(number, np.generic | np.ndarray):
        array: Any = cast(Any, number).astype(there)
    else:
        array = np.asarray(number, there)
    return array_constant(build, array)


def array_constant(build: IRBuilder, array: Array) -> SSAValue:
    """Return an array as a constant of the graph."""
    dtype = dtype_of(array.dtype)
    spec = dtypes.TensorSpec(array.shape, dtype)
    return build.emitter.constant(array.astype(numpy_dtype(dtype)).tobytes(), spec)


def sample(there: NumPyDType, shape: tuple[int, ...] = ()) -> Array:
    """Return an array of a dtype and a shape that takes no memory; its elements mean nothing."""
    return np.broadcast_to(np.ones((), there), shape)


def contiguous_strides(shape: Sequence[int], itemsize: int) -> tuple[int, ...]:
    """Return the strides of an array in row-major order, as NumPy gives them."""
    step, steps = itemsize, list[int]()
    for extent in reversed(shape):
        steps.append(step)
        step *= max(extent, 1)
    return tuple(reversed(steps))


def asks(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what NumPy gives on samples, without its floating point warnings."""
    with np.errstate(all="ignore"):
        return function(*args, **kwargs)
