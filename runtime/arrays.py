"""NumPy arrays as the data of tensors: dtypes there and back, bytes, and sole ownership."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from ..dialects import dtypes
from ..dialects.dtypes import DType, TensorSpec

Array = np.ndarray[Any, np.dtype[Any]]

_TO_NUMPY: dict[DType, np.dtype[Any]] = {
    dtype: np.dtype(dtype.name.rstrip("_")) for dtype in dtypes.ALL if dtype is not dtypes.bfloat16
}
_FROM_NUMPY: dict[np.dtype[Any], DType] = {there: dtype for dtype, there in _TO_NUMPY.items()}
_NAMED: dict[object, DType] = {bool: dtypes.bool_, int: dtypes.int64, float: dtypes.float64}


def numpy_dtype(dtype: DType) -> np.dtype[Any]:
    """Return NumPy's dtype of the same elements; bfloat16 is that of `ml_dtypes`."""
    found = _TO_NUMPY.get(dtype)
    if found is None:
        # Importing it costs a start of 5 ms that few programs need.
        import ml_dtypes

        found = _TO_NUMPY[dtype] = np.dtype(ml_dtypes.bfloat16)
        _FROM_NUMPY[found] = dtype
    return found


def dtype_of(there: np.dtype[Any]) -> DType:
    """Return our dtype of NumPy's.

    Raises `TypeError` for elements that no tensor has: text, complex numbers, objects, dates.
    """
    found = _FROM_NUMPY.get(there)
    if found is not None:
        return found
    if there.name == "bfloat16":
        return dtypes.bfloat16
    native = there.newbyteorder("=")
    if native != there and native in _FROM_NUMPY:
        return _FROM_NUMPY[native]
    raise TypeError(f"a tensor can't hold elements of type {there.name}")


def as_dtype(named: object) -> DType:
    """Return the dtype that `named` means: one of ours, its name, NumPy's, or a Python type.

    `int` is int64, `float` float64. Raises `TypeError` for anything else.
    """
    if isinstance(named, DType):
        return named
    if isinstance(named, str):
        found = dtypes.BY_NAME.get(named)
        if found is None:
            raise TypeError(f"there is no dtype {named!r}")
        return found
    if isinstance(named, np.dtype):
        return dtype_of(cast(np.dtype[Any], named))
    if isinstance(named, type):
        if named in _NAMED:
            return _NAMED[named]
        if issubclass(named, np.generic):
            return dtype_of(np.dtype(cast(type[np.generic], named)))
    raise TypeError(f"expected a dtype, not {named!r}")


_tuple: Any = tuple


def spec_of_array(array: Array) -> TensorSpec:
    """Return shape and dtype of an array."""
    there = array.dtype
    # Not by `TensorSpec(...)`, which takes longer than all else: every call asks.
    return _new_spec(TensorSpec, (array.shape, _FROM_NUMPY.get(there) or dtype_of(there)))


_new_spec = cast("Callable[[type[TensorSpec], tuple[object, ...]], TensorSpec]", _tuple.__new__)


def array_of(data: bytes, spec: TensorSpec) -> Array:
    """Return a new array of elements given as bytes in row-major order."""
    return np.frombuffer(data, numpy_dtype(spec.dtype)).reshape(spec.shape).copy()


def owned(array: Array) -> Array:
    """Return the array if it owns its elements in row-major native order, else a copy."""
    if array.base is None and array.flags.c_contiguous and array.dtype.isnative:
        return array
    return array.astype(array.dtype.newbyteorder("="), order="C", copy=True)
