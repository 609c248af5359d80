"""What a builder of graph ops writes to: IR, or (in `runtime/`) arrays at once."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from .dtypes import DType, TensorSpec, bfloat16

Value = TypeVar("Value")
Number = bool | int | float


class WeakNumber(ABC):
    """A Python number that an op takes as an operand, and whose value exists only at run time.

    Like any Python number it takes the other operand's dtype. Comparing it with a number gives a
    bool that holds in this compiled form.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def kind(self) -> type[Number]:
        """The number's class: bool, int or float."""

    @abstractmethod
    def in_dtype(self, dtype: DType) -> Any:
        """Return the emitter's 0-d value of a dtype that the number is there.

        Raises `OverflowError` for an integer that the dtype can't hold.
        """

    def exactly(self) -> Any:
        """Return the emitter's 0-d int64 that an integer is which no comparison here decides.

        None for all others.
        """
        return None

    @abstractmethod
    def __lt__(self, other: Any, /) -> Any: ...

    @abstractmethod
    def __gt__(self, other: Any, /) -> Any: ...


Scalar = Number | WeakNumber
AttributeValue = str | int | tuple[int, ...]

_FORMATS = {
    **{"bool_": "?", "int8": "b", "int16": "h", "int32": "i", "int64": "q"},
    **{"uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q"},
    **{"float16": "e", "float32": "f", "float64": "d"},
}


class Emitter(ABC, Generic[Value]):
    """A place that takes graph ops one after the other and gives a value for each."""

    @abstractmethod
    def spec(self, value: Value) -> TensorSpec:
        """Return shape and dtype of a value."""

    @abstractmethod
    def emit(
        self,
        op: str,
        operands: Sequence[Value],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> Value:
        """Append an op, by its name, whose types have been inferred, and return its result."""

    @abstractmethod
    def constant(self, data: bytes, spec: TensorSpec) -> Value:
        """Return a tensor of these elements, given as bytes in row-major order."""

    def number(self, data: bytes, dtype: DType, shape: tuple[int, ...]) -> Value:
        """Return a tensor of one number as an operand; it may be the same for equal numbers."""
        scalar = self.constant(data, TensorSpec((), dtype))
        if not shape:
            return scalar
        result = TensorSpec(shape, dtype)
        return self.emit("graph.broadcast", (scalar,), result, {"dimensions": ()})


def pack_number(number: Number, dtype: DType) -> bytes:
    """Return the bytes of one element.

    Raises `OverflowError` for an integer that the dtype can't hold; a float that is too large
    becomes infinite.
    """
    if dtype is bfloat16:
        return dtype.element.pack((float(number),))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
    if dtype.kind == "b":
        return struct.pack("?", bool(number))
    if not dtype.is_floating:
        try:
            return struct.pack(_FORMATS[dtype.name], int(number))
        except struct.error:
            raise OverflowError(f"Python integer {number} out of bounds for {dtype.name}") from None
    try:
        return struct.pack(_FORMATS[dtype.name], float(number))
    except OverflowError:
        return struct.pack(_FORMATS[dtype.name], float("inf") if number > 0 else float("-inf"))
