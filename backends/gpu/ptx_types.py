"""The types of PTX: how the bits of registers are read as numbers, and numbers written as bits.

Source: PTX ISA 9.0, "Types" (fundamental, alternate floating-point and packed types) and
"Operand Size Exceeding Instruction-Type Size".
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from .ptx_errors import UnsupportedPtx
from .ptx_rounding import Array, round_double

UNSIGNED = {8: np.uint8, 16: np.uint16, 32: np.uint32, 64: np.uint64}
SIGNED = {8: np.int8, 16: np.int16, 32: np.int32, 64: np.int64}
_FLOATS = {16: np.float16, 32: np.float32, 64: np.float64}
_CANONICAL_NAN = {
    "f32": np.uint32(0x7FFFFFFF).view(np.float32),
    "f16": np.uint16(0x7FFF).view(np.float16),
    "bf16": np.uint32(0x7FFF0000).view(np.float32),
}


@dataclass(frozen=True)
class PtxType:
    """A type: its `name`, what an element is (`b`, `u`, `s`, `f`, `bf`, `pred`), and its bits.

    `bits` are those of a register of the type, `element` is the type's name without `x2`, and
    `packed` says that two elements lie in one register: arrays then have a last axis of two.
    """

    name: str
    kind: str
    bits: int
    element: str
    packed: bool

    def decode(self, raw: Array) -> Array:
        """Return the numbers that `raw`, unsigned integers of the type's bits, spell."""
        if self.kind in ("b", "u", "pred") and not self.packed:
            return raw
        if self.packed:
            raw = np.ascontiguousarray(raw).view(UNSIGNED[self.bits // 2]).reshape(-1, 2)
        if self.kind == "bf":
            return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
        if self.kind == "u":
            return raw
        table = SIGNED if self.kind == "s" else _FLOATS
        return raw.view(table[raw.dtype.itemsize * 8])

    def encode(self, values: Array) -> Array:
        """Return the bits of `values`, which have the dtype that `decode` gives."""
        if self.kind == "bf":
            bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
            values = (bits >> np.uint32(16)).astype(np.uint16)
        if self.packed:
            values = np.ascontiguousarray(values)
            return values.view(UNSIGNED[self.bits]).reshape(-1)
        if self.kind == "pred":
            return values
        return values.view(UNSIGNED[values.dtype.itemsize * 8])

    def round(self, values: Array, rounding: str = "rn") -> Array:
        """Return doubles rounded to the element's type, in the dtype that `encode` takes."""
        return round_double(values, self.element, rounding)

    def canonical(self, values: Array) -> Array:
        """Return `values` with each NaN as the one NaN that the machine makes."""
        wrong = values != values
        if self.element == "f64" or not wrong.any():
            return values
        return np.where(wrong, _CANONICAL_NAN[self.element], values)


@cache
def ptx_type(name: str) -> PtxType:
    """Return the type that is written `name`, without its dot."""
    if name == "pred":
        return PtxType(name, "pred", 1, name, False)
    element = name.removesuffix("x2")
    packed = element != name
    if element == "tf32":
        return PtxType(name, "f", 32, "f32", False)
    kind = "bf" if element.startswith("bf") else element[:1]
    digits = element[len(kind) :]
    if kind not in ("b", "u", "s", "f", "bf") or digits not in ("8", "16", "32", "64"):
        raise UnsupportedPtx(f"values of type {name}")
    return PtxType(name, kind, int(digits) << packed, element, packed)


def bits_of(word: str) -> int:
    """Return the bits of a type, of one without arithmetic, too."""
    return 128 if word == "b128" else ptx_type(word).bits


def is_type(word: str) -> bool:
    """Return whether a part of an instruction's name is a type."""
    element = word.removesuffix("x2")
    return element in _NAMES


_NAMES = {
    *(f"{kind}{bits}" for kind in "bus" for bits in (8, 16, 32, 64)),
    *("f16", "bf16", "f32", "f64", "tf32", "pred", "b128", "e4m3", "e5m2"),
}
