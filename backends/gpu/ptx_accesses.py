"""Loads, stores, atomics and asynchronous copies.

Source: PTX ISA 9.0, "Data Movement and Conversion Instructions" (ld, st, prefetch, cp.async),
"Parallel Synchronization and Communication Instructions" (atom, red).
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from .ptx_decode import Action, Computation, Decoder, Machine, Read, items_of, type_of
from .ptx_errors import OutOfBounds, UnsupportedPtx
from .ptx_floats import flushed
from .ptx_memory import WINDOW_SHIFT, WINDOWS, Space, check_aligned
from .ptx_rounding import Array
from .ptx_state import Lanes, first_lane
from .ptx_syntax import Instruction, Number, Operand
from .ptx_types import PtxType, ptx_type

PRED, U32 = ptx_type("pred"), ptx_type("u32")
_NAMES = {number: name for name, number in WINDOWS.items() if name != "const"}


def space_of(instruction: Instruction) -> str | None:
    """Return the state space in an instruction's name, None for a generic address."""
    words = (part.split("::")[0] for part in instruction.parts[1:])
    return next((word for word in words if word in WINDOWS), None)


class Accessor:
    """Reads and writes one state space, or the one that each generic address is in."""

    def __init__(self, machine: Machine, space: str | None):
        self._machine = machine
        self._space = space

    def load(self, lanes: Lanes, address: Array, bits: int, count: int = 1) -> Array:
        """Return `count` numbers of `bits` a lane: (lanes, count), or (lanes,) for one."""
        size = bits // 8 * count
        check_aligned(lanes, address, size)
        if self._space is not None:
            return self._load_from(self._space, lanes, address, bits, count)
        result = np.zeros((lanes.count, count) if count > 1 else lanes.count, f"u{bits // 8}")
        for space, members, inside, places in self._windows(lanes, address):
            result[places] = self._load_from(space, members, inside, bits, count)
        return result

    def store(self, lanes: Lanes, address: Array, values: Array) -> None:
        """Set what `load` would return; `values` has one row a lane."""
        check_aligned(lanes, address, values.itemsize * (values.shape[1] if values.ndim > 1 else 1))
        if self._space is not None:
            self._store_to(self._space, lanes, address, values)
            return
        for space, members, inside, places in self._windows(lanes, address):
            self._store_to(space, members, inside, values[places])

    def update(self, lanes: Lanes, address: Array, bits: int, change: "_Change") -> Array:
        """Set each lane's number to `change` of it, one lane after the other; return the old."""
        check_aligned(lanes, address, bits // 8)
        old = np.zeros(lanes.count, f"u{bits // 8}")
        for space, members, inside, places in self._windows(lanes, address):
            found = self._memory(space)
            offsets = members.spread(found.offsets(members, inside, bits // 8, True))
            if space == "shared":
                self._machine.accesses.update(members, offsets, bits // 8)
            rest = np.arange(members.count)
            while len(rest):
                # The first lane of each address; the others wait for the next round.
                first = np.sort(np.unique(offsets[rest], return_index=True)[1])
                now = rest[first]
                before = found.bytes.load(offsets[now], bits, 1)
                old[places[now]] = before
                found.bytes.store(offsets[now], change(before, places[now], space))
                rest = np.delete(rest, first)
        return old

    def _windows(self, lanes: Lanes, address: Array) -> list[tuple[str, Lanes, Array, Array]]:
        """Return each state space with its lanes, their addresses in it, and their places."""
        address = lanes.spread(address)
        if self._space is not None:
            return [(self._space, lanes, address, np.arange(lanes.count))]
        window = address >> np.uint64(WINDOW_SHIFT)
        inside = address & np.uint64((1 << WINDOW_SHIFT) - 1)
        found: list[tuple[str, Lanes, Array, Array]] = []
        for number in np.unique(window):
            places = np.nonzero(window == number)[0]
            members = Lanes(lanes.index[places])
            if int(number) not in _NAMES:
                raise OutOfBounds(
                    f"{int(address[places[0]]):#x} is an address of no state space",
                    int(members.index[0]),
                )
            found.append((_NAMES[int(number)], members, inside[places], places))
        return found

    def _memory(self, space: str) -> Space:
        machine = self._machine
        return {
            "global": machine.memory,
            "const": machine.memory,
            "shared": machine.shared,
            "local": machine.local,
            "param": machine.parameters,
        }[space]

    def _load_from(self, space: str, lanes: Lanes, address: Array, bits: int, count: int) -> Array:
        size = bits // 8 * count
        found = self._memory(space)
        offsets = found.offsets(lanes, address, size, False)
        if space == "shared":
            self._machine.accesses.read(lanes, offsets, size)
        return found.bytes.load(offsets, bits, count)

    def _store_to(self, space: str, lanes: Lanes, address: Array, values: Array) -> None:
        size = values.itemsize * (values.shape[1] if values.ndim > 1 else 1)
        if space == "const":
            raise OutOfBounds("writes constant memory", int(lanes.index[0]))
        found = self._memory(space)
        offsets = found.offsets(lanes, address, size, True)
        if space == "shared":
            self._machine.accesses.write(lanes, offsets, size)
        found.bytes.store(offsets, values)


_Change: TypeAlias = Callable[[Array, Array, str], Array]
"""From the bits before, the places of the lanes and the space to the bits after."""


def _vector_length(instruction: Instruction) -> int:
    lengths = {"v2": 2, "v4": 4, "v8": 8}
    return next((lengths[part] for part in instruction.parts if part in lengths), 1)


def decode_load(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of ld, of one number or of a vector."""
    target, source = instruction.operands[:2]
    type_, count = type_of(instruction), _vector_length(instruction)
    plain = ptx_type(f"{'s' if type_.kind == 's' else 'b'}{type_.bits}")
    writes = [decoder.write(item, plain) for item in items_of(target)]
    accessor = Accessor(decoder.machine, space_of(instruction))
    address, bits = decoder.address(source), type_.bits
    decode = plain.decode

    def action(lanes: Lanes) -> None:
        loaded = accessor.load(lanes, address(lanes), bits, count)
        if count == 1:
            writes[0](lanes, decode(loaded))
            return
        for number, write in enumerate(writes):
            write(lanes, decode(np.ascontiguousarray(loaded[:, number])))

    return action


def decode_store(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of st, of one number or of a vector."""
    target, source = instruction.operands[:2]
    if "async" in instruction.parts or "bulk" in instruction.parts:
        raise UnsupportedPtx("stores of other kinds than st")
    bits = type_of(instruction).bits
    reads = [decoder.raw(item, bits) for item in items_of(source)]
    accessor = Accessor(decoder.machine, space_of(instruction))
    address = decoder.address(target)

    def action(lanes: Lanes) -> None:
        if len(reads) == 1:
            values = lanes.spread(reads[0](lanes))
        else:
            values = np.empty((lanes.count, len(reads)), f"u{bits // 8}")
            for number, read in enumerate(reads):
                values[:, number] = read(lanes)
        accessor.store(lanes, address(lanes), values)

    return action


# Atomics


def decode_atomic(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of atom, and of red, which gives no old value."""
    type_, parts = type_of(instruction), instruction.parts
    operation = next((part for part in parts if part in _ATOMICS), None)
    if operation is None or "async" in parts or _vector_length(instruction) > 1:
        raise UnsupportedPtx("an atomic operation of this kind")
    operands = list(instruction.operands)
    write = None
    if parts[0] == "atom":
        write = decoder.write(operands.pop(0), ptx_type(f"b{type_.bits}"))
    source, *rest = operands
    reads = [decoder.raw(item, type_.bits) for item in rest]
    accessor = Accessor(decoder.machine, space_of(instruction))
    address = decoder.address(source)
    function: Callable[..., Array] = _ATOMICS[operation]

    def action(lanes: Lanes) -> None:
        values = [lanes.spread(read(lanes)) for read in reads]

        def change(before: Array, places: Array, space: str) -> Array:
            return _changed(function, type_, before, [v[places] for v in values], space)

        old = accessor.update(lanes, address(lanes), type_.bits, change)
        if write is not None:
            write(lanes, old)

    return action


def _changed(
    function: Callable[..., Array], type_: PtxType, before: Array, values: list[Array], space: str
) -> Array:
    sources = [type_.decode(source) for source in (before, *values)]
    # The units of global memory flush subnormals of f32 sums, those of shared memory don't.
    flush = function is np.add and type_.name == "f32" and space == "global"
    if flush:
        sources = [flushed(source, type_) for source in sources]
    result = function(*sources)
    if type_.kind == "bf":
        result = type_.round(result.astype(np.float64))
    if type_.kind in ("f", "bf"):
        result = type_.canonical(flushed(result, type_) if flush else result)
    return type_.encode(result)


def _exchange(old: Array, new: Array) -> Array:
    return new


def _swap_if_equal(old: Array, expected: Array, new: Array) -> Array:
    return np.where(old == expected, new, old)


def _increment(old: Array, top: Array) -> Array:
    return np.where(old >= top, np.zeros_like(old), old + np.ones_like(old))


def _decrement(old: Array, top: Array) -> Array:
    return np.where((old == 0) | (old > top), top, old - np.ones_like(old))


_ATOMICS: dict[str, Computation] = {
    "add": np.add,
    "min": np.fmin,
    "max": np.fmax,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "exch": _exchange,
    "cas": _swap_if_equal,
    "inc": _increment,
    "dec": _decrement,
}


# Asynchronous copies


def decode_copy(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of cp.async and of its groups and waits."""
    machine, parts = decoder.machine, instruction.parts
    copies = machine.copies
    if parts[1] != "async" or "bulk" in parts or "mbarrier" in parts:
        raise UnsupportedPtx("copies of other kinds than cp.async")
    if parts[2] == "commit_group":
        return copies.commit
    if parts[2] in ("wait_group", "wait_all"):
        pending = None
        if parts[2] == "wait_group":
            operand = instruction.operands[0]
            assert isinstance(operand, Number)
            pending = operand.value
        return lambda lanes: copies.wait(lanes, pending)
    return _issue(decoder, instruction)


def _issue(decoder: Decoder, instruction: Instruction) -> Action:
    target, source, size_operand, *rest = instruction.operands
    assert isinstance(size_operand, Number)
    size, machine = size_operand.value, decoder.machine
    to, from_ = decoder.address(target), decoder.address(source)
    used = _source_size(decoder, size, rest, instruction)

    def action(lanes: Lanes) -> None:
        there, here = lanes.spread(to(lanes)), lanes.spread(from_(lanes))
        check_aligned(lanes, there, size)
        check_aligned(lanes, here, size)
        offsets = machine.shared.offsets(lanes, there, size, True)
        content = np.zeros((lanes.count, size), np.uint8)
        wanted = lanes.spread(used(lanes)).astype(np.int64)
        if (wanted > size).any():
            raise OutOfBounds(f"copies more than {size} bytes", first_lane(lanes, wanted > size))
        for count in np.unique(wanted):
            if count:  # of what isn't copied, the address may be any
                members = lanes.where(wanted == count)
                places = machine.memory.offsets(members, here[wanted == count], int(count), False)
                content[wanted == count, :count] = machine.memory.bytes.all[
                    places[:, None] + np.arange(count)
                ]
        machine.copies.issue(lanes, offsets, size)
        machine.shared.bytes.all[offsets[:, None] + np.arange(size)] = content

    return action


def _source_size(
    decoder: Decoder, size: int, rest: list[Operand], instruction: Instruction
) -> Read:
    """Return a function that gives how many bytes are read; the rest of `size` are zeros."""
    whole = np.array([size])
    if not rest or ("cache_hint" in "".join(instruction.parts) and len(rest) == 1):
        return lambda lanes: whole
    operand = instruction.operands[3]
    if isinstance(operand, Number):
        constant = np.array([operand.value])
        return lambda lanes: constant
    if decoder.register(operand).bits == 1:
        ignored = decoder.raw(operand, 1)
        return lambda lanes: np.where(ignored(lanes), 0, size)
    return decoder.raw(operand, 32)


def decode_nothing(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of fences and hints: threads here see memory in order anyway."""
    return lambda lanes: None


ACCESSES: dict[str, Callable[[Decoder, Instruction], Action]] = {
    **dict.fromkeys(("ld", "ldu"), decode_load),
    "st": decode_store,
    **dict.fromkeys(("atom", "red"), decode_atomic),
    "cp": decode_copy,
    **dict.fromkeys(
        ("membar", "fence", "prefetch", "prefetchu", "applypriority", "discard", "nanosleep"),
        decode_nothing,
    ),
    **dict.fromkeys(("griddepcontrol", "pmevent"), decode_nothing),
}
"""The decoders of instructions that access memory."""
