"""How each element type stands in memory and in registers, and its numbers in LLVM's syntax."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from xdsl.dialects.builtin import (
    BFloat16Type,
    Float16Type,
    Float32Type,
    Float64Type,
    IndexType,
    IntegerType,
)
from xdsl.ir import Attribute
from xdsl.utils.exceptions import PassFailedException


@dataclass(frozen=True)
class Element:
    """An element type of buffers and scalars."""

    name: str
    """`i1`, `i8`, …, `index`, `f16`, `bf16`, `f32`, `f64`."""
    memory: str
    """LLVM's type of it in memory; a bool is a byte."""
    register: str
    """LLVM's type of it in a register; 16-bit floats are computed as float."""
    bytes: int

    @property
    def is_float(self) -> bool:
        """Whether values have a fraction."""
        return "f" in self.name

    @property
    def is_narrow(self) -> bool:
        """Whether a register holds more digits than the type has."""
        return self.name in ("f16", "bf16")

    @property
    def bits(self) -> int:
        """Width of an integer."""
        return int(self.register[1:])

    def literal(self, number: int | float) -> str:
        """Return a number of this type in LLVM's syntax."""
        if not self.is_float:
            return _integer(int(number), self.bits)
        if self.register == "float":
            number = _as_float(float(number))
        return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


FLOATS = {"float": "f32", "double": "f64"}
"""What LLVM calls the float types in the names of functions."""

_OTHERS: dict[type[Attribute], Element] = {
    Float16Type: Element("f16", "i16", "float", 2),
    BFloat16Type: Element("bf16", "i16", "float", 2),
    Float32Type: Element("f32", "float", "float", 4),
    Float64Type: Element("f64", "double", "double", 8),
    IndexType: Element("index", "i64", "i64", 8),
}
_INTEGERS = {
    1: Element("i1", "i8", "i1", 1),
    8: Element("i8", "i8", "i8", 1),
    16: Element("i16", "i16", "i16", 2),
    32: Element("i32", "i32", "i32", 4),
    64: Element("i64", "i64", "i64", 8),
}

_BY_NAME = {element.name: element for element in (*_OTHERS.values(), *_INTEGERS.values())}


def element_of(type: Attribute) -> Element:
    """Return the element that an IR type means; an integer's signedness is in the ops."""
    if isinstance(type, IntegerType):
        found = _INTEGERS.get(type.bitwidth)
    else:
        found = _OTHERS.get(type.__class__)
    if found is None:
        raise PassFailedException(f"error: the CPU has no elements of type {type}")
    return found


def element_named(name: str) -> Element:
    """Return an element by its name; raise KeyError for a name that no element has."""
    return _BY_NAME[name]


def _integer(number: int, bits: int) -> str:
    if bits == 1:
        return "true" if number & 1 else "false"
    wrapped = number & ((1 << bits) - 1)
    return str(wrapped - (1 << bits) if wrapped >> (bits - 1) else wrapped)


def _as_float(number: float) -> float:
    try:
        return struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
