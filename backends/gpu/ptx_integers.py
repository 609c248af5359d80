"""Integer, bit and logic instructions, as NumPy functions of bits.

Source: PTX ISA 9.0, "Integer Arithmetic Instructions", "Extended-Precision Integer Arithmetic
Instructions", "Logic and Shift Instructions". Where the manual leaves a result open (a division
by zero), it is what the machines give.
"""

from collections.abc import Callable

import numpy as np

from .ptx_decode import Action, Computation, Decoder, elementwise, type_of, types_of
from .ptx_errors import UnsupportedPtx
from .ptx_rounding import Array
from .ptx_syntax import Instruction
from .ptx_types import SIGNED, UNSIGNED, PtxType, ptx_type

U32, S32, PRED = ptx_type("u32"), ptx_type("s32"), ptx_type("pred")


def decode_integer(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of arithmetic of integers of one type."""
    type_, name = type_of(instruction), instruction.parts[0]
    if "sat" in instruction.parts:
        return elementwise(decoder, instruction, _saturating(name), type_, type_, type_)
    if "cc" in instruction.parts or name in ("addc", "subc"):
        raise UnsupportedPtx("arithmetic with a carry")
    if name in ("mul", "mad"):
        return _product(decoder, instruction, type_)
    function = _UNARY.get(name) or _BINARY[name]
    sources = [type_] if name in _UNARY else [type_, type_]
    if "relu" in instruction.parts:
        plain: Callable[..., Array] = function
        return elementwise(
            decoder, instruction, lambda a, b: np.maximum(plain(a, b), 0), type_, *sources
        )
    return elementwise(decoder, instruction, function, type_, *sources)


def quotient(a: Array, b: Array) -> Array:
    """Return a / b, rounded toward zero; all ones where b is 0."""
    zero = b == 0
    if a.dtype.kind == "u":
        return np.where(zero, ~np.zeros_like(a), a // np.where(zero, b.dtype.type(1), b))
    unsigned = np.dtype(f"u{a.dtype.itemsize}")
    size = quotient(np.abs(a).view(unsigned), np.abs(b).view(unsigned)).view(a.dtype)
    return np.where(zero, a.dtype.type(-1), np.where((a < 0) != (b < 0), -size, size))


def remainder(a: Array, b: Array) -> Array:
    """Return a - quotient(a, b) * b; a where b is 0."""
    return np.where(b == 0, a, a - quotient(a, b) * b)


_UNARY: dict[str, Computation] = {"neg": np.negative, "abs": np.abs}
_BINARY: dict[str, Computation] = {
    "add": np.add,
    "sub": np.subtract,
    "div": quotient,
    "rem": remainder,
    "min": np.minimum,
    "max": np.maximum,
}


def _saturating(name: str) -> Callable[..., Array]:
    exact = {"add": np.add, "sub": np.subtract}[name]

    def function(a: Array, b: Array) -> Array:
        wide = exact(a.astype(np.int64), b.astype(np.int64))
        limits = np.iinfo(a.dtype)
        return np.clip(wide, limits.min, limits.max).astype(a.dtype)

    return function


def _product(decoder: Decoder, instruction: Instruction, type_: PtxType) -> Action:
    if "wide" in instruction.parts:
        result = ptx_type(f"{type_.kind}{type_.bits * 2}")
        product, third = _wide, result
    else:
        product, result, third = (
            (high_product if "hi" in instruction.parts else np.multiply),
            *((type_, type_)),
        )
    if instruction.parts[0] == "mul":
        return elementwise(decoder, instruction, product, result, type_, type_)
    return elementwise(
        decoder, instruction, lambda a, b, c: product(a, b) + c, result, type_, type_, third
    )


def _wide(a: Array, b: Array) -> Array:
    table = SIGNED if a.dtype.kind == "i" else UNSIGNED
    wide = table[a.dtype.itemsize * 16]
    return a.astype(wide) * b.astype(wide)


def high_product(a: Array, b: Array) -> Array:
    """Return the upper half of the product."""
    bits = a.dtype.itemsize * 8
    if bits < 64:
        return (_wide(a, b) >> bits).astype(a.dtype)
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    x, y = a.view(np.uint64), b.view(np.uint64)
    x0, x1, y0, y1 = x & low, x >> half, y & low, y >> half
    middle = x1 * y0 + (x0 * y0 >> half)
    carry = (middle & low) + x0 * y1
    high = x1 * y1 + (middle >> half) + (carry >> half)
    if a.dtype.kind == "i":
        high = high - np.where(a < 0, y, np.uint64(0)) - np.where(b < 0, x, np.uint64(0))
    return high.view(a.dtype)


def decode_mul24(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of mul24 and mad24."""
    type_ = type_of(instruction)
    shift = 16 if "hi" in instruction.parts else 0

    def product(a: Array, b: Array) -> Array:
        a, b = ((v << 8).astype(np.int64) >> 8 for v in (a, b))
        if type_.kind == "u":
            a, b = a & 0xFFFFFF, b & 0xFFFFFF
        return ((a * b) >> shift).astype(np.uint32 if type_.kind == "u" else np.int32)

    if instruction.parts[0] == "mul24":
        return elementwise(decoder, instruction, product, type_, type_, type_)
    return elementwise(
        decoder, instruction, lambda a, b, c: product(a, b) + c, type_, type_, type_, type_
    )


def decode_sad(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of sad: |a - b| + c."""
    type_ = type_of(instruction)

    def function(a: Array, b: Array, c: Array) -> Array:
        return c + (np.maximum(a, b) - np.minimum(a, b))

    return elementwise(decoder, instruction, function, type_, type_, type_, type_)


def decode_dot4(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of dp4a: the sum of four products of bytes, and c."""
    a_type, b_type = types_of(instruction)
    result = S32 if "s" in (a_type.kind, b_type.kind) else U32

    def bytes_of(values: Array, type_: PtxType) -> Array:
        dtype = np.int8 if type_.kind == "s" else np.uint8
        return np.ascontiguousarray(values).view(dtype).reshape(-1, 4).astype(np.int64)

    def function(a: Array, b: Array, c: Array) -> Array:
        total = (bytes_of(a, a_type) * bytes_of(b, b_type)).sum(axis=1) + c
        return total.astype(np.int32 if result is S32 else np.uint32)

    return elementwise(decoder, instruction, function, result, a_type, b_type, result)


# Logic and shifts


def decode_logic(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of and, or, xor, not, cnot, of bits or of predicates."""
    type_ = type_of(instruction)
    match instruction.parts[0]:
        case "not":
            return elementwise(decoder, instruction, np.invert, type_, type_)
        case "cnot":
            return elementwise(
                decoder, instruction, lambda a: (a == 0).astype(a.dtype), type_, type_
            )
        case name:
            function = {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}[name]
            return elementwise(decoder, instruction, function, type_, type_, type_)


def decode_shift(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of shl and shr; an amount past the width counts as the width."""
    type_ = type_of(instruction)
    left, bits = instruction.parts[0] == "shl", type_.bits

    def function(a: Array, amount: Array) -> Array:
        far = amount >= bits
        by = np.where(far, 0, amount).astype(a.dtype)
        if left:
            return np.where(far, a.dtype.type(0), a << by)
        fill = a >> np.array(bits - 1, a.dtype) if type_.kind == "s" else a.dtype.type(0)
        return np.where(far, fill, a >> by)

    return elementwise(decoder, instruction, function, type_, type_, U32)


def decode_funnel(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of shf: a shift of the 64 bits of two registers."""
    left, wrap = "l" in instruction.parts, "wrap" in instruction.parts

    def function(low: Array, high: Array, amount: Array) -> Array:
        by = (amount & np.uint32(31) if wrap else np.minimum(amount, 32)).astype(np.uint64)
        both = (high.astype(np.uint64) << np.uint64(32)) | low
        return ((both << by) >> np.uint64(32) if left else both >> by).astype(np.uint32)

    return elementwise(decoder, instruction, function, U32, U32, U32, U32)


def decode_extract(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of bfe: `length` bits from `start` on, extended by their sign."""
    type_ = type_of(instruction)
    bits = type_.bits

    def function(a: Array, start: Array, length: Array) -> Array:
        start, length = start.astype(np.int64) & 0xFF, length.astype(np.int64) & 0xFF
        raw = a.view(UNSIGNED[bits])
        moved = _shifted_right(raw, start, bits)
        result = moved & _ones(length, bits)
        if type_.kind == "u":
            return result
        sign = _shifted_right(raw, np.minimum(start + length - 1, bits - 1), bits) & 1
        # Past the end of the register, too, the field is made of its sign.
        there = np.minimum(length, np.maximum(bits - start, 0))
        filled = result | np.where(sign != 0, ~_ones(there, bits), UNSIGNED[bits](0))
        return np.where(length == 0, UNSIGNED[bits](0), filled).view(a.dtype)

    return elementwise(decoder, instruction, function, type_, type_, U32, U32)


def decode_insert(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of bfi: the low bits of a, put into b."""
    type_ = type_of(instruction)
    bits = type_.bits

    def function(a: Array, b: Array, start: Array, length: Array) -> Array:
        start, length = start.astype(np.int64) & 0xFF, length.astype(np.int64) & 0xFF
        mask = _shifted_left(_ones(length, bits), start, bits)
        return (b & ~mask) | (_shifted_left(a, start, bits) & mask)

    return elementwise(decoder, instruction, function, type_, type_, type_, U32, U32)


def _ones(count: Array, bits: int) -> Array:
    one = UNSIGNED[bits](1)
    some = (one << np.minimum(count, bits - 1).astype(UNSIGNED[bits])) - one
    return np.where(count >= bits, ~UNSIGNED[bits](0), some)


def _shifted_right(a: Array, by: Array, bits: int) -> Array:
    moved = a >> np.minimum(by, bits - 1).astype(UNSIGNED[bits])
    return np.where(by >= bits, UNSIGNED[bits](0), moved)


def _shifted_left(a: Array, by: Array, bits: int) -> Array:
    moved = a << np.minimum(by, bits - 1).astype(UNSIGNED[bits])
    return np.where(by >= bits, UNSIGNED[bits](0), moved)


def decode_count(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of popc, clz and bfind, whose results have 32 bits."""
    type_ = type_of(instruction)
    name, bits = instruction.parts[0], type_.bits

    def function(a: Array) -> Array:
        raw = a.view(UNSIGNED[bits])
        if name == "popc":
            return np.bitwise_count(raw).astype(np.uint32)
        if type_.kind == "s":
            raw = np.where(a < 0, ~raw, raw)
        length = bit_length(raw)
        if name == "clz":
            return np.uint32(bits) - length
        top = np.uint32(bits) - length if "shiftamt" in instruction.parts else length - np.uint32(1)
        return np.where(length == 0, np.uint32(0xFFFFFFFF), top)

    return elementwise(decoder, instruction, function, U32, type_)


def bit_length(raw: Array) -> Array:
    """Return the number of the highest bit that is set, from 1; 0 for 0."""
    for shift in (1, 2, 4, 8, 16, 32):
        if shift < raw.dtype.itemsize * 8:
            raw = raw | (raw >> raw.dtype.type(shift))
    return np.bitwise_count(raw).astype(np.uint32)


def decode_reverse(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of brev."""
    type_ = type_of(instruction)

    def function(a: Array) -> Array:
        octets = np.ascontiguousarray(a).view(np.uint8).reshape(len(a), -1)[:, ::-1]
        swapped = np.packbits(np.unpackbits(octets, axis=1, bitorder="little"), axis=1)
        return swapped.reshape(-1).view(a.dtype)

    return elementwise(decoder, instruction, function, type_, type_)


def decode_permute(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of prmt: bytes of two registers, picked by the digits of a selector."""
    mode = next((m for m in instruction.parts if m in _BYTE_MODES), None)

    def function(a: Array, b: Array, selector: Array) -> Array:
        a, b, selector = np.broadcast_arrays(a, b, selector)
        both = np.ascontiguousarray(np.stack([a, b], axis=1)).view(np.uint8)
        result = np.zeros((len(a), 4), np.uint8)
        rows = np.arange(len(a))
        for byte in range(4):
            if mode is None:
                digit = (selector >> np.uint32(4 * byte)) & np.uint32(15)
            else:
                digit = np.array(_BYTE_MODES[mode], np.uint32)[selector & np.uint32(3), byte]
            picked = both[rows, (digit & np.uint32(7)).astype(np.int64)]
            sign = np.where(picked & 128, 255, 0).astype(np.uint8)
            result[:, byte] = np.where(digit & np.uint32(8), sign, picked)
        return result.view(np.uint32).reshape(-1)

    return elementwise(decoder, instruction, function, U32, U32, U32, U32)


_BYTE_MODES = {
    "f4e": [[0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]],
    "b4e": [[0, 7, 6, 5], [1, 0, 7, 6], [2, 1, 0, 7], [3, 2, 1, 0]],
    "rc8": [[0, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3]],
    "ecl": [[0, 1, 2, 3], [1, 1, 2, 3], [2, 2, 2, 3], [3, 3, 3, 3]],
    "ecr": [[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 2, 2], [0, 1, 2, 3]],
    "rc16": [[0, 1, 0, 1], [2, 3, 2, 3], [0, 1, 0, 1], [2, 3, 2, 3]],
}


def decode_lop3(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of lop3: any function of three bits, by its table."""

    def function(a: Array, b: Array, c: Array, table: Array) -> Array:
        bits = int(table[0])
        result = np.zeros(1, np.uint32)
        for row in range(8):
            if bits >> row & 1:
                result = result | (
                    (a if row & 4 else ~a) & (b if row & 2 else ~b) & (c if row & 1 else ~c)
                )
        return result

    return elementwise(decoder, instruction, function, U32, U32, U32, U32, U32)


INTEGERS: dict[str, Callable[[Decoder, Instruction], Action]] = {
    **dict.fromkeys(("and", "or", "xor", "not", "cnot"), decode_logic),
    **dict.fromkeys(("shl", "shr"), decode_shift),
    **dict.fromkeys(("popc", "clz", "bfind"), decode_count),
    **dict.fromkeys(("mul24", "mad24"), decode_mul24),
    "sad": decode_sad,
    "dp4a": decode_dot4,
    "shf": decode_funnel,
    "bfe": decode_extract,
    "bfi": decode_insert,
    "brev": decode_reverse,
    "prmt": decode_permute,
    "lop3": decode_lop3,
}
"""The decoders of instructions that only have integer or bit forms."""
