"""Tensors whose elements lie on a device; they come to the host when a value is read."""

from __future__ import annotations

from typing import Any, Protocol

from ..dialects.dtypes import TensorSpec
from .arrays import Array
from .lazy_value import LazyValue


class DeviceMemory(Protocol):
    """The elements of one tensor on a device, row by row. They are there as long as this is."""

    @property
    def is_exposed(self) -> bool:
        """Whether other libraries know of the memory, so that its elements may change."""
        ...

    def to_host(self, spec: TensorSpec) -> Array:
        """Return a new array of the elements, when they are computed."""
        ...

    def dlpack(self, spec: TensorSpec, stream: int | None) -> object:
        """Return a DLPack capsule that shares the memory; `stream` is the consumer's."""
        ...

    def dlpack_device(self) -> tuple[int, int]:
        """Return DLPack's kind of the device, and its number."""
        ...

    def cuda_array_interface(self, spec: TensorSpec) -> dict[str, Any]:
        """Return what `__cuda_array_interface__` gives.

        Raises `AttributeError` for a dtype that it has no name for.
        """
        ...


class DeviceValue(LazyValue):
    """A value with elements on a device, and on the host, too, once they were asked for."""

    __slots__ = ()

    is_of_device = True

    def __init__(self, spec: TensorSpec, memory: DeviceMemory):
        # Not by the class's own `__init__`: every result of every call comes here.
        self.spec = spec
        self.resident = memory
        self.array = self.trace = self.op = None
        self.operands = self.attributes = ()
        self.number = 0
        self.fixed = False

    @property
    def memory(self) -> DeviceMemory:
        """Where the elements are."""
        assert self.resident is not None
        return self.resident

    def force(self) -> Array:
        """Return the elements as an array, which nobody may change; waits for the device.

        Raises what went wrong on the device.
        """
        array = self.array
        memory = self.memory
        if array is None or memory.is_exposed:
            array = memory.to_host(self.spec)
            if not memory.is_exposed:
                self.settle(array)
        return array
