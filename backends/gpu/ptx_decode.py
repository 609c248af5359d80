"""From an instruction's text to a function that does it for some lanes: operands and types.

Source: PTX ISA 9.0, "Instruction Operands", "Type Conversion" (operands wider than the type).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from .ptx_copies import Copies
from .ptx_errors import PtxSyntaxError, UnsupportedPtx
from .ptx_memory import GlobalMemory, PrivateMemory, SharedMemory
from .ptx_races import SharedAccesses
from .ptx_rounding import Array
from .ptx_state import Geometry, Lanes, Register, SpecialRegisters
from .ptx_syntax import Address, Instruction, Name, Number, Operand, Pair, Vector
from .ptx_types import UNSIGNED, PtxType, is_type, ptx_type

Action: TypeAlias = Callable[[Lanes], None]
Computation: TypeAlias = (
    Callable[[Array], Array]
    | Callable[[Array, Array], Array]
    | Callable[[Array, Array, Array], Array]
    | Callable[[Array, Array, Array, Array], Array]
)
"""What an instruction makes of its operands' numbers."""

MALFORMED = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, StopIteration),
    *(TypeError, ValueError),
)
"""What Python and NumPy raise where an instruction has other words, operands or types than those
that its decoder knows."""

Read: TypeAlias = Callable[[Lanes], Array]
Write: TypeAlias = Callable[[Lanes, Array], None]


@dataclass
class Machine:
    """What the instructions of a launch work on."""

    geometry: Geometry
    special: SpecialRegisters
    memory: GlobalMemory
    shared: SharedMemory
    local: PrivateMemory
    parameters: PrivateMemory
    accesses: SharedAccesses
    copies: Copies


@dataclass
class Decoder:
    """Finds the operands of one function's instructions; `symbols` are addresses of variables."""

    machine: Machine
    registers: dict[str, Register]
    symbols: dict[str, tuple[str, int]]

    def register(self, operand: Operand) -> Register:
        """Return the register that `operand` names."""
        if not isinstance(operand, Name) or operand.text not in self.registers:
            raise PtxSyntaxError(f"no register: {operand}")
        return self.registers[operand.text]

    def raw(self, operand: Operand, bits: int) -> Read:
        """Return a function that gives the low `bits` of an operand, one a lane or one for all."""
        match operand:
            case Name(text, negated) if text in self.registers:
                read = _resized(self.registers[text], bits)
                return (lambda lanes: ~read(lanes)) if negated else read
            case Name(text) if text in self.symbols:
                return _constant(self.symbols[text][1], bits)
            case Name(text) if text.startswith("%") or text == "WARP_SZ":
                return _cast(self.machine.special.reader(text), bits)
            case Address(Name(text), offset) if text in self.symbols:
                return _constant(self.symbols[text][1] + offset, bits)
            case Number(value, float_bits):
                if float_bits not in (0, bits):
                    raise PtxSyntaxError(f"a constant of {float_bits} bits where {bits} belong")
                return _constant(value, bits)
            case _:
                raise PtxSyntaxError(f"no operand of {bits} bits: {operand}")

    def read(self, operand: Operand, type_: PtxType) -> Read:
        """Return a function that gives an operand's numbers, as `type_.decode` has them."""
        raw, decode = self.raw(operand, type_.bits), type_.decode
        if type_.kind in ("b", "u", "pred") and not type_.packed:
            return raw
        if isinstance(operand, Number):
            value = decode(raw(Lanes(np.zeros(1, np.int64))))
            return lambda lanes: value
        return lambda lanes: decode(raw(lanes))

    def write(self, operand: Operand, type_: PtxType) -> Write:
        """Return a function that sets the register `operand` to numbers of `type_`."""
        if operand == Name("_"):
            return lambda lanes, values: None
        register, encode = self.register(operand), type_.encode
        if register.bits == type_.bits:
            if type_.kind in ("b", "u", "pred") and not type_.packed:
                return register.write
            return lambda lanes, values: register.write(lanes, encode(values))
        if register.bits < type_.bits or type_.packed:
            raise PtxSyntaxError(f"{register.name} has {register.bits} bits, not {type_.bits}")
        extended = UNSIGNED[register.bits]
        if type_.kind == "s":
            return lambda lanes, values: register.write(lanes, values.astype(extended))
        return lambda lanes, values: register.write(lanes, encode(values).astype(extended))

    def address(self, operand: Operand) -> Read:
        """Return a function that gives addresses, as 64-bit integers."""
        if not isinstance(operand, Address):
            raise PtxSyntaxError(f"no address: {operand}")
        bits = 64
        if isinstance(operand.base, Name) and operand.base.text in self.registers:
            bits = self.registers[operand.base.text].bits
        base = self.raw(operand.base, bits)
        offset = np.uint64(operand.offset & (2**64 - 1))
        if bits != 64:
            mask = np.uint64((1 << bits) - 1)
            return lambda lanes: (base(lanes).astype(np.uint64) + offset) & mask
        return (lambda lanes: base(lanes) + offset) if operand.offset else base

    def space_of_symbol(self, operand: Operand) -> str | None:
        """Return the state space of the variable that an address or a name starts from."""
        base = operand.base if isinstance(operand, Address) else operand
        return (
            self.symbols[base.text][0]
            if isinstance(base, Name) and (base.text in self.symbols)
            else None
        )


def _constant(value: int, bits: int) -> Read:
    if bits == 1:
        bools = np.array([value != 0])
        return lambda lanes: bools
    array = np.array([value & ((1 << bits) - 1)], UNSIGNED[bits])
    return lambda lanes: array


def _resized(register: Register, bits: int) -> Read:
    if register.bits == bits:
        return register.read
    if register.bits < bits or bits == 1:
        raise PtxSyntaxError(f"{register.name} has {register.bits} bits, not {bits}")
    return _cast(register.read, bits)


def _cast(read: Read, bits: int) -> Read:
    dtype = UNSIGNED[bits]
    return lambda lanes: read(lanes).astype(dtype)


def types_of(instruction: Instruction) -> list[PtxType]:
    """Return the types in an instruction's name, in order."""
    return [ptx_type(part) for part in instruction.parts[1:] if is_type(part)]


def type_of(instruction: Instruction) -> PtxType:
    """Return the last type in an instruction's name."""
    found = types_of(instruction)
    if not found:
        raise UnsupportedPtx("an instruction without a type")
    return found[-1]


def items_of(operand: Operand) -> tuple[Operand, ...]:
    """Return the operands of a vector, or the operand as the only one."""
    return operand.items if isinstance(operand, Vector) else (operand,)


def pair_of(operand: Operand) -> tuple[Operand, Operand | None]:
    """Return the two results of `a|b`, or the one and None."""
    return (operand.first, operand.second) if isinstance(operand, Pair) else (operand, None)


def elementwise(
    decoder: Decoder,
    instruction: Instruction,
    function: Computation,
    result: PtxType,
    *sources: PtxType,
) -> Action:
    """Return the action that writes `function` of the operands after the first to the first."""
    write = decoder.write(instruction.operands[0], result)
    operands = instruction.operands[1:]
    if len(operands) != len(sources):
        raise PtxSyntaxError(f"{len(sources)} sources expected, {len(operands)} found")
    reads = [decoder.read(operand, type_) for operand, type_ in zip(operands, sources, strict=True)]
    call: Callable[..., Array] = function
    match reads:
        case [one]:
            return lambda lanes: write(lanes, call(one(lanes)))
        case [one, two]:
            return lambda lanes: write(lanes, call(one(lanes), two(lanes)))
        case [one, two, three]:
            return lambda lanes: write(lanes, call(one(lanes), two(lanes), three(lanes)))
        case _:
            return lambda lanes: write(lanes, call(*(read(lanes) for read in reads)))
