"""Instructions that the lanes of a warp do together: shuffles, votes, matches, products.

Source: PTX ISA 9.0, "Data Movement and Conversion Instructions" (shfl.sync), "Parallel
Synchronization and Communication Instructions" (vote.sync, match.sync, activemask, redux.sync,
elect.sync, bar.warp.sync), "Warp Level Matrix Multiply-Accumulate Instructions".

The machine calls these when all lanes that take part are there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from .ptx_decode import Action, Decoder, Read, pair_of, type_of
from .ptx_errors import DivergentCollective, UnsupportedPtx
from .ptx_rounding import Array
from .ptx_state import WARP, Lanes
from .ptx_syntax import Instruction
from .ptx_types import ptx_type

PRED, B32 = ptx_type("pred"), ptx_type("b32")


@dataclass(frozen=True)
class Collective:
    """What lanes do together: `mask` gives whom each lane waits for, None: for its whole warp."""

    action: Action
    mask: Read | None


def decode_shuffle(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return shfl.sync in one of its four modes."""
    parts = instruction.parts
    if parts[1] != "sync":
        raise UnsupportedPtx("shfl without .sync")
    mode = parts[2]
    target, source, by, clamp, mask = instruction.operands
    first, second = pair_of(target)
    write = decoder.write(first, B32)
    write_inside = None if second is None else decoder.write(second, PRED)
    value, b, c = decoder.raw(source, 32), decoder.raw(by, 32), decoder.raw(clamp, 32)

    def action(lanes: Lanes) -> None:
        own = lanes.index % WARP
        place, inside = _source_lane(mode, own, b(lanes), c(lanes))
        wanted = lanes.index - own + np.where(inside, place, own)
        at = _positions(lanes, wanted)
        write(lanes, lanes.spread(value(lanes))[at])
        if write_inside is not None:
            write_inside(lanes, inside)

    return Collective(action, decoder.raw(mask, 32))


def _source_lane(mode: str, lane: Array, by: Array, control: Array) -> tuple[Array, Array]:
    """Return which lane of the warp is read, and whether it is in the lane's segment."""
    by = by.astype(np.int64) & 31
    clamp, segment = control.astype(np.int64) & 31, control.astype(np.int64) >> 8 & 31
    lowest = lane & segment
    limit = lowest | (clamp & ~segment)
    match mode:
        case "up":
            return lane - by, lane - by >= limit
        case "down":
            return lane + by, lane + by <= limit
        case "bfly":
            return lane ^ by, (lane ^ by) <= limit
        case "idx":
            place = lowest | (by & ~segment)
            return place, place <= limit
        case _:
            raise UnsupportedPtx(f"shfl.{mode}")


def _positions(lanes: Lanes, wanted: Array) -> Array:
    """Return where the lanes `wanted` are in `lanes`; DivergentCollective where one isn't."""
    at = np.searchsorted(lanes.index, wanted)
    at = np.minimum(at, lanes.count - 1)
    missing = lanes.index[at] != wanted
    if missing.any():
        which = int(np.argmax(missing))
        raise DivergentCollective(
            f"reads from lane {int(wanted[which]) % WARP}, which doesn't take part",
            int(lanes.index[which]),
        )
    return at


def _together(lanes: Lanes, values: Array) -> tuple[Array, Array]:
    """Return the values and the presence of the lanes of each lane's warp: (lanes, 32) each."""
    warp = lanes.index // WARP
    first, which = np.unique(warp, return_inverse=True)
    table = np.zeros((len(first), WARP), values.dtype)
    there = np.zeros((len(first), WARP), np.bool_)
    table[which, lanes.index % WARP] = values
    there[which, lanes.index % WARP] = True
    return table[which], there[which]


def _members(lanes: Lanes, mask: Array) -> Array:
    """Return the bits of the masks, as (lanes, 32)."""
    mask = lanes.spread(mask)
    return (mask[:, None] >> np.arange(WARP, dtype=np.uint32) & np.uint32(1)).astype(np.bool_)


def _any(rows: Array) -> Array:
    return np.logical_or.reduce(rows, axis=1)


def _bits(rows: Array) -> Array:
    """Return rows of 32 bools as integers."""
    return np.packbits(rows, axis=1, bitorder="little").view(np.uint32).reshape(-1)


def decode_vote(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return vote.sync: all, any, uni or ballot."""
    mode = instruction.parts[2]
    target, source, mask_operand = instruction.operands
    write = decoder.write(target, B32 if mode == "ballot" else PRED)
    value, mask = decoder.raw(source, 1), decoder.raw(mask_operand, 32)

    def action(lanes: Lanes) -> None:
        values, there = _together(lanes, lanes.spread(value(lanes)))
        members = _members(lanes, mask(lanes)) & there
        true, false = values & members, ~values & members
        match mode:
            case "ballot":
                write(lanes, _bits(true))
            case "any":
                write(lanes, _any(true))
            case "all":
                write(lanes, ~_any(false))
            case _:
                write(lanes, ~_any(true) | ~_any(false))

    return Collective(action, mask)


def decode_match(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return match.sync: which lanes have the same value, or whether all have."""
    bits = type_of(instruction).bits
    target, source, mask_operand = instruction.operands
    first, second = pair_of(target)
    write = decoder.write(first, B32)
    write_all = None if second is None else decoder.write(second, PRED)
    value, mask = decoder.raw(source, bits), decoder.raw(mask_operand, 32)

    def action(lanes: Lanes) -> None:
        own = lanes.spread(value(lanes))
        values, there = _together(lanes, own)
        members = _members(lanes, mask(lanes)) & there
        same = (values == own[:, None]) & members
        if instruction.parts[1] == "any":
            write(lanes, _bits(same))
            return
        everyone = ~_any(same != members)
        write(lanes, np.where(everyone, _bits(members), np.uint32(0)))
        if write_all is not None:
            write_all(lanes, everyone)

    return Collective(action, mask)


def decode_reduce(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return redux.sync: a reduction over the lanes of the mask."""
    operation = instruction.parts[2]
    type_ = type_of(instruction)
    target, source, mask_operand = instruction.operands
    write = decoder.write(target, type_)
    value, mask = decoder.read(source, type_), decoder.raw(mask_operand, 32)
    function, neutral = _REDUCTIONS[operation]

    def action(lanes: Lanes) -> None:
        values, there = _together(lanes, lanes.spread(value(lanes)))
        members = _members(lanes, mask(lanes)) & there
        known = np.where(members, values, neutral(values.dtype))
        write(lanes, function.reduce(known, axis=1, dtype=values.dtype))

    return Collective(action, mask)


_DType: TypeAlias = "np.dtype[Any]"


def _zero(dtype: _DType) -> Array:
    return np.zeros(1, dtype)


def _ones(dtype: _DType) -> Array:
    return ~np.zeros(1, dtype)


def _least(dtype: _DType) -> Array:
    return np.array([np.iinfo(dtype).min], dtype)


def _greatest(dtype: _DType) -> Array:
    return np.array([np.iinfo(dtype).max], dtype)


_REDUCTIONS: dict[str, tuple[np.ufunc, Callable[[_DType], Array]]] = {
    "add": (np.add, _zero),
    "min": (np.minimum, _greatest),
    "max": (np.maximum, _least),
    "and": (np.bitwise_and, _ones),
    "or": (np.bitwise_or, _zero),
    "xor": (np.bitwise_xor, _zero),
}


def decode_elect(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return elect.sync: the lowest lane of the mask is the leader."""
    target, mask_operand = instruction.operands
    first, second = pair_of(target)
    write, mask = decoder.write(first, B32), decoder.raw(mask_operand, 32)
    write_is = decoder.write(second, PRED) if second is not None else None

    def action(lanes: Lanes) -> None:
        _, there = _together(lanes, np.zeros(lanes.count, np.bool_))
        leader = np.argmax(_members(lanes, mask(lanes)) & there, axis=1)
        write(lanes, leader.astype(np.uint32))
        if write_is is not None:
            write_is(lanes, leader == lanes.index % WARP)

    return Collective(action, mask)


def decode_active(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of activemask: the lanes that are at this instruction together."""
    write = decoder.write(instruction.operands[0], B32)
    return lambda lanes: write(lanes, _bits(_together(lanes, np.zeros(lanes.count, np.bool_))[1]))


def decode_warp_barrier(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return bar.warp.sync, which also orders what its lanes do with memory."""
    mask = decoder.raw(instruction.operands[0], 32)
    order = decoder.machine.accesses.order

    def action(lanes: Lanes) -> None:
        masks = lanes.spread(mask(lanes)).astype(np.int64)
        groups = (lanes.index // WARP << 32) | masks
        for group in np.unique(groups):
            members = lanes.index[groups == group]
            order.arrive(int(group), members)
            order.leave(int(group), members)

    return Collective(action, mask)


WARPS: dict[str, Callable[[Decoder, Instruction], Collective]] = {
    "shfl": decode_shuffle,
    "vote": decode_vote,
    "match": decode_match,
    "redux": decode_reduce,
    "elect": decode_elect,
}
"""The decoders of instructions that lanes of a warp do together."""
