"""What a builder of graph ops writes to: IR, or (in `runtime/`) arrays at once."""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from xdsl.dialects.builtin import (
    BytesAttr,
    DenseArrayBase,
    DenseIntOrFPElementsAttr,
    IntegerAttr,
    IntegerType,
    LocationAttr,
    StringAttr,
    UnknownLoc,
    i64,
)
from xdsl.ir import Attribute, Block, Operation, SSAValue

from . import graph
from .dtypes import DType, TensorSpec, bfloat16, spec_of, tensor_type

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
        op: type[Operation],
        operands: Sequence[Value],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> Value:
        """Append an op whose types have been inferred, and return its result."""

    @abstractmethod
    def constant(self, data: bytes, spec: TensorSpec) -> Value:
        """Return a tensor of these elements, given as bytes in row-major order."""


class IREmitter(Emitter[SSAValue]):
    """Appends ops to a block; `location` is where the next op comes from."""

    def __init__(self, block: Block, location: LocationAttr | None = None):
        self.block = block
        self.location = location if location is not None else UnknownLoc()

    def spec(self, value: SSAValue) -> TensorSpec:
        """Return shape and dtype of an SSA value."""
        return spec_of(value.type)

    def emit(
        self,
        op: type[Operation],
        operands: Sequence[SSAValue],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> SSAValue:
        """Append an op to the block and return its result."""
        new = op.create(
            operands=operands,
            result_types=(tensor_type(result),),
            properties={name: to_attribute(value) for name, value in attributes.items()},
            location=self.location,
        )
        self.block.add_op(new)
        return new.results[0]

    def constant(self, data: bytes, spec: TensorSpec) -> SSAValue:
        """Append a `graph.constant` and return its result."""
        type = tensor_type(spec)
        new = graph.ConstantOp.create(
            result_types=(type,),
            properties={"value": DenseIntOrFPElementsAttr(cast(Any, type), BytesAttr(data))},
            location=self.location,
        )
        self.block.add_op(new)
        return new.results[0]


def to_attribute(value: AttributeValue) -> Attribute:
    """Return the IR's form of an op's attribute: a string, an i64 or an array of i64."""
    if isinstance(value, str):
        return StringAttr(value)
    if isinstance(value, int):
        return IntegerAttr(value, i64)
    return DenseArrayBase.from_list(i64, value)


def from_attribute(attribute: Attribute) -> AttributeValue:
    """Return what `to_attribute` was given.

    Raises `TypeError` for an attribute that no graph op has.
    """
    match attribute:
        case StringAttr():
            return attribute.data
        case IntegerAttr():
            return attribute.value.data
        case DenseArrayBase():
            return cast(DenseArrayBase[IntegerType], attribute).get_values()
        case _:
            raise TypeError(f"no graph op has an attribute like {attribute}")


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
