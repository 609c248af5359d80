"""Values of lazily run code: an array that is there, or an operation that is still to be done."""

from __future__ import annotations

import sys
from _thread import RLock
from typing import TYPE_CHECKING, cast

import numpy as np

from ..dialects.dtypes import TensorSpec, bool_
from ..dialects.emitter import AttributeValue
from .arrays import Array, numpy_dtype, spec_of_array
from .locks import at_fork_renew

if TYPE_CHECKING:
    from .lazy_trace import LazyTrace
    from .residence import DeviceMemory

Attributes = tuple[tuple[str, AttributeValue], ...]


class LazyValue:
    """A value that never changes; several tensors may stand for it.

    It has an array, or the operation that gives it; once computed, it forgets the operation.
    """

    __slots__ = (
        *("array", "attributes", "fixed", "number", "op", "operands", "resident", "spec", "trace"),
    )

    array: Array | None
    resident: DeviceMemory | None
    """Where the elements are on a device, if they are."""
    is_of_device = False
    """Whether the elements were there first."""
    trace: LazyTrace | None
    operands: tuple[LazyValue, ...]

    def __init__(
        self,
        spec: TensorSpec,
        array: Array | None = None,
        trace: LazyTrace | None = None,
        op: str | None = None,
        operands: tuple[LazyValue, ...] = (),
        attributes: Attributes = (),
        number: int = 0,
    ):
        self.spec = spec
        self.array = array
        self.resident = None
        self.trace = trace
        self.op = op
        self.operands = operands
        self.attributes = attributes
        self.number = number
        """Its place in the order in which the operations of the trace were recorded."""
        self.fixed = False
        """Whether the data count as part of the code: an exponent, which says how to multiply."""

    def force(self) -> Array:
        """Return the array, which nobody may change; computes all that is pending in the trace."""
        # In this order: a value has let go of its trace only after it got its array.
        trace, array = self.trace, self.array
        if array is None:
            cast("LazyTrace", trace).flush(self)
            array = cast(Array, self.array)
        return array

    def settle(self, array: Array) -> None:
        """Take the result, unless another thread was faster, and let go of the operands."""
        with TRANSITION:
            if self.array is None:
                self.array = array
        # After the array, so that who reads the operands first and finds no array has them all.
        self.operands = ()
        self.trace = None


TRANSITION = RLock()
"""Held while a tensor or a value changes what it holds; never while anything is computed."""

at_fork_renew(TRANSITION)


def value_of_array(array: Array) -> LazyValue:
    """Return the value of a copy of an array.

    Raises `TypeError` for elements that no tensor has.
    """
    spec = spec_of_array(array)
    return LazyValue(spec, array.astype(array.dtype.newbyteorder("="), order="C", copy=True))


def value_of_bytes(data: bytes, spec: TensorSpec) -> LazyValue:
    """Return the value of elements in row-major order."""
    return LazyValue(spec, np.ndarray(spec.shape, numpy_dtype(spec.dtype), data))


def is_whole(array: Array) -> bool:
    """Return whether the data belong to the array itself.

    Then whoever has a view of it, a buffer or a DLPack capsule, holds the array, too.
    """
    return array.base is None and array.flags.owndata


def holders(thing: object) -> int:
    """Return how many references there are: the caller's own variable is one of them."""
    return sys.getrefcount(thing) - _beside


_beside = 0
"""References that asking makes; how many depends on Python's version."""


def _holders_of_one_in_a_list() -> int:
    thing = LazyValue(TensorSpec((), bool_))
    kept = [thing]
    found = holders(thing)
    return found if kept[0] is thing else 0


_beside = _holders_of_one_in_a_list() - 2
