"""Methods of symbolic arrays, with NumPy's parameters.

Source: <https://numpy.org/doc/stable/reference/arrays.ndarray.html#array-methods>.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dialects.emitter import WeakNumber
from .array_calls import cast_to
from .array_data import ArrayData, born, unsupported, value_of

_SHORT_POWERS: dict[float, np.ufunc] = {2: np.square, 0.5: np.sqrt, 1: np.positive}


_RESHAPE: Callable[..., Any] = np.reshape
_RAVEL: Callable[..., Any] = np.ravel
_TRANSPOSE: Callable[..., Any] = np.transpose
_SQUEEZE: Callable[..., Any] = np.squeeze
_CLIP: Callable[..., Any] = np.clip
_POWER: Callable[..., Any] = np.power


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method that is a function of NumPy: both take their parameters in one order."""

    def method(self: ArrayData, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = function.__name__
    return method


class ArrayMethods(ArrayData):
    """An array with the methods that NumPy has a function for, and a few that it has none for."""

    __slots__ = ()

    def __pow__(self, other: Any) -> Any:
        """Return the power; NumPy has shorter ways for some exponents, in other dtypes too."""
        short = _SHORT_POWERS.get(other) if type(other) in (int, float) else None
        if short is not None and (short is np.square or self._dtype.kind == "f"):
            shown = self.sample()[..., None][:0] if self._shape else self.sample()
            with np.errstate(all="ignore"):
                if (shown**other).dtype == short(shown).dtype:
                    return short(self)
        if isinstance(other, WeakNumber) and self._dtype.kind == "b":
            unsupported("a power of bools", self)
        return _POWER(self, other)

    def astype(
        self,
        dtype: Any,
        order: Any = "K",
        casting: Any = "unsafe",
        subok: Any = True,
        copy: Any = True,
    ) -> Any:
        """Return the elements in another dtype; the array itself where `copy` is False."""
        wanted = np.dtype(dtype)
        self.sample()[..., None][:0].astype(wanted, casting=casting)
        if order not in ("K", "C", "A"):
            self.refuse(
                f"astype in the order {order!r} can't be compiled",
                "leave the order out: elements are in row-major order",
            )
        if not copy and wanted == self._dtype and not self.IS_SCALAR:
            return self
        return born(cast_to(value_of(self), wanted), self.IS_SCALAR, (self,))

    def copy(self, order: Any = "C") -> Any:
        """Return a new array of the same elements."""
        return born(value_of(self), self.IS_SCALAR)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def reshape(self, *shape: Any, order: Any = "C", copy: Any = None) -> Any:
        """Return the elements in another shape."""
        extents = shape[0] if len(shape) == 1 else shape
        return _RESHAPE(self, extents, order=order, copy=copy)

    def ravel(self, order: Any = "C") -> Any:
        """Return all elements along one axis."""
        return _RAVEL(self, order)

    def flatten(self, order: Any = "C") -> Any:
        """Return a copy of all elements along one axis."""
        return _RAVEL(self.copy() if not self.IS_SCALAR else self, order)

    def transpose(self, *axes: Any) -> Any:
        """Return the view with the axes in another order."""
        if self.IS_SCALAR:
            return self
        if not axes or (len(axes) == 1 and axes[0] is None):
            return _TRANSPOSE(self)
        return _TRANSPOSE(self, axes[0] if len(axes) == 1 else axes)

    swapaxes = _method(np.swapaxes)

    def squeeze(self, axis: Any = None) -> Any:
        """Return the view without axes of length 1."""
        return self if self.IS_SCALAR else _SQUEEZE(self, axis)

    repeat = _method(np.repeat)
    sum = _method(np.sum)
    prod = _method(np.prod)
    mean = _method(np.mean)
    var = _method(np.var)
    std = _method(np.std)
    max = _method(np.max)
    min = _method(np.min)
    any = _method(np.any)
    all = _method(np.all)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    round = _method(np.round)
    dot = _method(np.dot)
    trace = _method(np.trace)

    def clip(self, min: Any = None, max: Any = None, out: Any = None, **options: Any) -> Any:
        """Return the elements within limits."""
        return _CLIP(self, min, max, out, **options)

    def conj(self) -> Any:
        """Return the array itself: the elements have no imaginary part."""
        return self

    conjugate = conj
