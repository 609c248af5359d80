"""Comparisons, selections, moves with their packing, and conversions.

Source: PTX ISA 9.0, "Comparison and Selection Instructions", "Data Movement and Conversion
Instructions" (mov, cvt, cvta, isspacep), "Scalar Conversions".
"""

from collections.abc import Callable

import numpy as np

from .ptx_decode import Action, Decoder, Read, elementwise, pair_of, type_of, types_of
from .ptx_errors import UnsupportedPtx
from .ptx_floats import flushed, saturated
from .ptx_memory import WINDOW_SHIFT, WINDOWS
from .ptx_rounding import Array, odd_integer, round_double
from .ptx_state import Lanes, Register
from .ptx_syntax import Instruction, Name, Operand, Vector
from .ptx_types import SIGNED, UNSIGNED, PtxType, ptx_type

PRED, B64, F32 = (ptx_type(name) for name in ("pred", "b64", "f32"))

_ORDERED: dict[str, Callable[..., Array]] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "lo": np.less,
    "ls": np.less_equal,
    "hi": np.greater,
    "hs": np.greater_equal,
}
_OPPOSITE = {"equ": "ne", "neu": "eq", "ltu": "ge", "leu": "gt", "gtu": "le", "geu": "lt"}
"""A comparison that is true for NaN is the opposite of one that is false for it."""


def _comparison(word: str, type_: PtxType, flush: bool) -> Callable[..., Array]:
    def function(a: Array, b: Array) -> Array:
        if flush:
            a, b = flushed(a, type_), flushed(b, type_)
        if word in _ORDERED:
            result = _ORDERED[word](a, b)
            if word == "ne" and type_.kind in ("f", "bf"):
                result = result & (a == a) & (b == b)
            return result
        if word == "neu":
            return a != b
        if word in ("num", "nan"):
            numbers = (a == a) & (b == b)
            return numbers if word == "num" else ~numbers
        if word == "equ":
            return (a == b) | (a != a) | (b != b)
        return ~_ORDERED[_OPPOSITE[word]](a, b)

    return function


_BOOLEAN = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}


def decode_setp(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of setp and of set, with a predicate to combine and a second result."""
    parts, operands = instruction.parts, instruction.operands
    type_ = type_of(instruction)
    compare = _comparison(parts[1], type_, "ftz" in parts)
    a, b = (decoder.read(operand, type_) for operand in operands[1:3])
    combine = _BOOLEAN.get(parts[2])
    third = decoder.read(operands[3], PRED) if combine else None
    first, second = pair_of(operands[0])
    result = PRED if parts[0] == "setp" else types_of(instruction)[0]
    write = decoder.write(first, result)
    write_second = None if second is None else decoder.write(second, result)

    def action(lanes: Lanes) -> None:
        true = compare(a(lanes), b(lanes))
        false = ~true
        if combine is not None and third is not None:
            other = third(lanes)
            true, false = combine(true, other), combine(false, other)
        if type_.packed:  # one predicate for each half
            true, false = true[:, 0], true[:, 1]
        write(lanes, _truth(true, result))
        if write_second is not None:
            write_second(lanes, _truth(false, result))

    return action


def _truth(mask: Array, type_: PtxType) -> Array:
    """Return true as a predicate, as 1.0, or as all bits set."""
    if type_.kind == "pred":
        return mask
    if type_.kind == "f":
        return mask.astype(np.float32)
    return np.where(mask, -1, 0).astype(SIGNED[type_.bits]).view(UNSIGNED[type_.bits])


def decode_selp(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of selp: one of two values, by a predicate.

    The other one may be undefined: LLVM selects by what says that a value was loaded.
    """
    type_ = ptx_type(f"b{type_of(instruction).bits}")
    target, first, second, which = instruction.operands
    write, choose = decoder.write(target, type_), decoder.raw(which, 1)
    a, b = decoder.raw(first, type_.bits), decoder.raw(second, type_.bits)
    registers = _registers(decoder, [first, second])

    def action(lanes: Lanes) -> None:
        mask = choose(lanes)
        if all(register.complete for register in registers):
            write(lanes, np.where(mask, a(lanes), b(lanes)))
            return
        mask = lanes.spread(mask)
        for members, read in ((lanes.where(mask), a), (lanes.where(~mask), b)):
            if members.count:
                write(members, read(members))

    return action


def decode_slct(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of slct: one of two values, by the sign of a third."""
    first, sign = types_of(instruction)
    type_ = ptx_type(f"b{first.bits}")
    return elementwise(
        decoder, instruction, lambda a, b, c: np.where(c >= 0, a, b), type_, type_, type_, sign
    )


# Moves


def decode_mov(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of mov: a copy, an address, or packing and unpacking."""
    target, source = instruction.operands
    type_ = type_of(instruction)
    bits = type_.bits
    if isinstance(target, Vector):
        return _unpack(decoder, target.items, decoder.raw(source, bits), bits)
    if isinstance(source, Vector):
        return _pack(decoder, target, source.items, bits)
    bit_type = PRED if bits == 1 else ptx_type(f"b{bits}")
    write, read = decoder.write(target, bit_type), decoder.raw(source, bits)
    if isinstance(source, Name) and source.text in decoder.registers:
        return _copy(decoder, [source], target, lambda lanes: write(lanes, read(lanes)))
    return lambda lanes: write(lanes, read(lanes))


def _copy(decoder: Decoder, sources: list[Operand], target: Operand, action: Action) -> Action:
    """Return `action`, where lanes with an undefined source get an undefined target.

    LLVM moves what is undefined, part of a vector that is never used, say.
    """
    registers = _registers(decoder, sources)
    result = decoder.registers.get(target.text) if isinstance(target, Name) else None

    def careful(lanes: Lanes) -> None:
        missing = [u for r in registers if not r.complete and (u := r.undefined(lanes)) is not None]
        if not missing or result is None:
            action(lanes)
            return
        undefined = np.logical_or.reduce(missing)
        result.forget(lanes.index[undefined])
        defined = lanes.where(~undefined)
        if defined.count:
            action(defined)

    return careful


def _registers(decoder: Decoder, operands: list[Operand]) -> list[Register]:
    """Return the registers among some operands."""
    return [
        decoder.registers[operand.text]
        for operand in operands
        if isinstance(operand, Name) and operand.text in decoder.registers
    ]


def _unpack(decoder: Decoder, targets: tuple[Operand, ...], read: Read, bits: int) -> Action:
    part = bits // len(targets)
    writes = [decoder.write(target, ptx_type(f"b{part}")) for target in targets]

    def action(lanes: Lanes) -> None:
        parts = np.ascontiguousarray(read(lanes)).view(UNSIGNED[part]).reshape(-1, len(writes))
        for number, write in enumerate(writes):
            write(lanes, parts[:, number])

    return action


def _pack(decoder: Decoder, target: Operand, sources: tuple[Operand, ...], bits: int) -> Action:
    part = bits // len(sources)
    reads = [decoder.raw(source, part) for source in sources]
    write = decoder.write(target, ptx_type(f"b{bits}"))

    def action(lanes: Lanes) -> None:
        parts = np.empty((lanes.count, len(reads)), UNSIGNED[part])
        for number, read in enumerate(reads):
            parts[:, number] = read(lanes)
        write(lanes, parts.view(UNSIGNED[bits]).reshape(-1))

    return _copy(decoder, list(sources), target, action)


def decode_cvta(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of cvta: into the window of a state space, or out of it."""
    parts = instruction.parts
    space = next(part.split("::")[0] for part in parts if part.split("::")[0] in WINDOWS)
    window = np.uint64(WINDOWS[space] << WINDOW_SHIFT)
    type_ = ptx_type(f"b{type_of(instruction).bits}")
    if type_.bits != 64:
        raise UnsupportedPtx("generic addresses of 32 bits")
    if "to" in parts:
        return elementwise(decoder, instruction, lambda a: a - window, type_, type_)
    return elementwise(decoder, instruction, lambda a: a + window, type_, type_)


def decode_isspacep(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of isspacep: whether a generic address is in a window."""
    window = np.uint64(WINDOWS[instruction.parts[1].split("::")[0]])
    return elementwise(
        decoder, instruction, lambda a: a >> np.uint64(WINDOW_SHIFT) == window, PRED, B64
    )


# Conversions


def decode_cvt(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of cvt between numbers of all kinds."""
    parts = instruction.parts
    target, source = types_of(instruction)
    rounding = next((part for part in parts if part in _ROUNDINGS), "rn")
    if target.packed:
        return _cvt_pair(decoder, instruction, target, rounding)
    floats = ("f", "bf")
    if source.kind in floats and target.kind in floats:
        function = _float_to_float(target, rounding)
    elif source.kind in floats:
        function = _float_to_integer(target, rounding)
    elif target.kind in floats:
        function = _integer_to_float(target, rounding)
    else:
        function = _integer_to_integer(target, "sat" in parts)
    if target.kind in floats or source.kind in floats:
        function = _with_modifiers(function, parts, target, source)
    return elementwise(decoder, instruction, function, target, source)


_WHOLE: dict[str, Callable[[Array], Array]] = {
    "rni": np.rint,
    "rzi": np.trunc,
    "rmi": np.floor,
    "rpi": np.ceil,
}
_ROUNDINGS = ("rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi")


def _with_modifiers(
    function: Callable[[Array], Array], parts: tuple[str, ...], target: PtxType, source: PtxType
) -> Callable[[Array], Array]:
    flush, saturate, relu = "ftz" in parts, "sat" in parts, "relu" in parts
    is_float = target.kind in ("f", "bf")

    def changed(a: Array) -> Array:
        if flush and source.element == "f32":
            a = flushed(a, source)
        result = function(a)
        if flush and target.element == "f32":
            result = flushed(result, target)
        if saturate and is_float:
            result = saturated(result)
        if relu:
            result = np.where(result < 0, np.zeros(1, result.dtype), result)
        return target.canonical(result) if is_float else result

    return changed


def _cvt_pair(decoder: Decoder, instruction: Instruction, target: PtxType, rounding: str) -> Action:
    """Return the conversion of two f32, the first to the upper half."""
    convert = _with_modifiers(_float_to_float(target, rounding), instruction.parts, target, F32)

    def function(upper: Array, lower: Array) -> Array:
        upper, lower = np.broadcast_arrays(upper, lower)
        return convert(np.stack([lower, upper], axis=1))

    return elementwise(decoder, instruction, function, target, F32, F32)


def _float_to_float(target: PtxType, rounding: str) -> Callable[[Array], Array]:
    if rounding.endswith("i"):
        return _WHOLE[rounding]
    if target.name == "tf32":
        return lambda a: _to_tf32(a, rounding)
    return lambda a: round_double(a.astype(np.float64), target.element, rounding)


def _to_tf32(a: Array, rounding: str) -> Array:
    """Return f32 with the lower 13 bits of the fraction rounded away."""
    bits = np.ascontiguousarray(a).view(np.uint32)
    half = np.uint32(0x1000)
    if rounding == "rn":
        half = np.uint32(0xFFF) + ((bits >> np.uint32(13)) & np.uint32(1))
    elif rounding == "rz":
        half = np.uint32(0)
    rounded = ((bits + half) & np.uint32(0xFFFFE000)).view(np.float32)
    return np.where(np.isfinite(a), rounded, a)


def _float_to_integer(target: PtxType, rounding: str) -> Callable[[Array], Array]:
    whole = _WHOLE[rounding]
    table = SIGNED if target.kind == "s" else UNSIGNED
    limits = np.iinfo(table[target.bits])
    top = 2.0 ** (target.bits - (target.kind == "s"))

    def function(a: Array) -> Array:
        is_double = a.dtype == np.float64
        value = whole(a.astype(np.float64))
        inside = (value >= float(limits.min)) & (value < top)
        result = np.where(inside, value, 0.0).astype(table[target.bits])
        result = np.where(value >= top, limits.max, result)
        result = np.where(value < float(limits.min), limits.min, result)
        wide = is_double or target.bits == 64
        nan = 0 if not wide else (1 << (target.bits - 1)) if target.kind == "u" else limits.min
        return np.where(a != a, nan, result).astype(table[target.bits])

    return function


def _integer_to_float(target: PtxType, rounding: str) -> Callable[[Array], Array]:
    if target.element == "f64" and rounding == "rn":
        return lambda a: a.astype(np.float64)
    if target.element == "f64":
        raise UnsupportedPtx("integers to f64 in a mode other than .rn")
    return lambda a: round_double(
        odd_integer(a) if a.dtype.itemsize == 8 else a.astype(np.float64), target.element, rounding
    )


def _integer_to_integer(target: PtxType, saturate: bool) -> Callable[[Array], Array]:
    table = SIGNED if target.kind == "s" else UNSIGNED
    dtype = table[target.bits]
    limits = np.iinfo(dtype)
    if not saturate:
        return lambda a: a.astype(dtype)

    def function(a: Array) -> Array:
        low, high = np.iinfo(a.dtype).min, np.iinfo(a.dtype).max
        return np.clip(a, max(low, limits.min), min(high, limits.max)).astype(dtype)

    return function


MOVES: dict[str, Callable[[Decoder, Instruction], Action]] = {
    "setp": decode_setp,
    "set": decode_setp,
    "selp": decode_selp,
    "slct": decode_slct,
    "mov": decode_mov,
    "cvta": decode_cvta,
    "isspacep": decode_isspacep,
    "cvt": decode_cvt,
}
"""The decoders of comparisons, selections, moves and conversions."""
