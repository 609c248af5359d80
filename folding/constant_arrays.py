"""NumPy arrays and scalars that the fold made, as results of LAX functions: new at each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from xdsl.ir import SSAValue

from ..runtime.guards import class_of

if TYPE_CHECKING:
    from .host_ops import HostOps
    from .session import Folding

_MOST_BYTES = 1 << 16
"""Larger arrays are made by Python at each call: as constants they would fill the memory twice."""
_KINDS = "biufcSU"
"""Kinds of elements that are known by their bytes."""


class ConstantArrays:
    """Emits what makes arrays of known elements; whoever changes one changes one call's alone."""

    def __init__(self, host: HostOps, folding: Folding):
        self._host = host
        self._folding = folding
        self._made: list[tuple[Any, bytes]] = []
        self._tensors: list[Any] = []

    def value(self, value: Any) -> SSAValue | None:
        """Return the SSA value of an array or a scalar, None for what can't be made anew."""
        if issubclass(class_of(value), np.generic):
            is_plain = _is_plain(value) and class_of(value) is value.dtype.type
            return self._emit("scalar_of_bytes", value) if is_plain else None
        if class_of(value) is not np.ndarray or not _is_plain(value) or not _is_born(value):
            return None
        others = [*(array for array, _ in self._made), *self._tensors]
        if value.nbytes > _MOST_BYTES or _shares(value, others):
            return None
        self._made.append((value, value.tobytes()))
        return self._emit("array_of_bytes", value)

    def meet(self, array: Any) -> None:
        """Be told of the array of a tensor that lives at the host; refuse one that is made here."""
        if array is not None:
            self._tensors.append(array)
            if _shares(array, [made for made, _ in self._made]):
                self._folding.reject(
                    "an array shares the memory of a tensor", "return a copy of the array"
                )

    def check(self) -> None:
        """Refuse an array that has changed since: what was emitted is what it was then."""
        for array, elements in self._made:
            if array.tobytes() != elements:
                self._folding.reject(
                    "an array changes after it has been stored", "store it when it is complete"
                )

    def _emit(self, function: str, value: Any) -> SSAValue:
        host = self._host
        order = "C" if value.flags.c_contiguous else "F"
        parts = (value.tobytes(order), value.dtype.str, value.shape, order)
        return host.runtime(function, *map(host.constant, parts))


def _shares(array: Any, others: list[Any]) -> bool:
    return any(np.may_share_memory(array, other) for other in others)


def _is_plain(value: Any) -> bool:
    """Return whether bytes, a dtype's text and a shape say all of it."""
    dtype: Any = value.dtype
    again: Any = np.dtype(dtype.str) if dtype.kind in _KINDS else None
    in_order = value.flags.c_contiguous or value.flags.f_contiguous
    return bool(again == dtype and again.type is dtype.type and in_order)


def _is_born(array: Any) -> bool:
    """Return whether an array's memory was made here: what is from outside is read-only."""
    while class_of(array.base) is np.ndarray:
        array = array.base
    return bool(array.base is None and array.flags.writeable)
