"""A compiled part of a function, as the host program calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .arrays import Array
from .dispatch import from_lazy, from_new_array
from .driver import Executable
from .lazy_value import LazyValue
from .tensor import Tensor
from .tracing import current_tracer, tracing

if TYPE_CHECKING:
    from .residence import DeviceValue

OnDevice = Callable[[Sequence[LazyValue | Array]], "list[DeviceValue]"]
"""Makes new values where it computes them, perhaps before they are computed.

An array may be changed afterwards, a value never; what is copied of it to the device is kept there.
Raises as a call does; what goes wrong later is raised where a value is read.
"""


class Segment:
    """Takes and gives tensors: one for each argument and each result of its graph function."""

    def __init__(self, executable: Executable, results: int) -> None:
        self.executable = executable
        self.results = results
        self._on_device: OnDevice | None = getattr(executable, "on_device", None)

    def __call__(self, *inputs: Tensor | Array | float) -> Tensor | tuple[Tensor, ...]:
        """Run the compiled code; a lone result is not in a tuple.

        A float is a 0-d float64, an int an int64, and a bool a bool.
        """
        if current_tracer() is not None:
            with tracing(None):
                return self(*inputs)
        if self._on_device is not None:
            values = self._on_device([_operand(value) for value in inputs])
            tensors = [from_lazy(value) for value in values]
            return tensors[0] if self.results == 1 else tuple(tensors)
        outputs = self.executable([_array(value) for value in inputs])
        if self.results == 1:
            return from_new_array(outputs[0])
        return tuple([from_new_array(output) for output in outputs])


def _operand(value: Tensor | Array | float) -> LazyValue | Array:
    return value.unchanging() if isinstance(value, Tensor) else _array(value)


def _array(value: Tensor | Array | float) -> Array:
    if isinstance(value, Tensor):
        return value.read("a compiled function")
    array = np.asarray(value)
    return array if array.flags.carray or _is_readable(array) else array.copy(order="C")


def _is_readable(array: Array) -> bool:
    """Return whether compiled code can read an array where it lies; it may be read-only."""
    return array.flags.c_contiguous and array.flags.aligned
