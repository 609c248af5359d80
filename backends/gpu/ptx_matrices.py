"""Matrices that lie in the registers of a warp: ldmatrix, stmatrix and mma.sync.

Source: PTX ISA 9.0, "Warp Level Matrix Multiply-Accumulate Instructions" ("Matrix Fragments for
mma.m16n8k16" and its neighbours, ldmatrix, stmatrix, mma).

A product is summed in doubles and rounded once, which no machine does: theirs keep fewer bits
of each partial sum, in an order that the manual leaves open.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from .ptx_accesses import Accessor
from .ptx_decode import Decoder, items_of, types_of
from .ptx_errors import UnsupportedPtx
from .ptx_memory import check_aligned
from .ptx_rounding import Array
from .ptx_state import WARP, Lanes
from .ptx_syntax import Instruction, Operand
from .ptx_types import PtxType, ptx_type
from .ptx_warps import Collective

B32 = ptx_type("b32")
_LANE = np.arange(WARP)
_ROW, _COLUMN = _LANE >> 2, _LANE & 3  # the manual's groupID and threadID_in_group


def decode_load_matrix(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return ldmatrix of one, two or four 8x8 matrices of 16-bit numbers."""
    parts = instruction.parts
    if "m8n8" not in parts or parts[-1] != "b16":
        raise UnsupportedPtx("ldmatrix of another shape than m8n8 of b16")
    count = next(int(part[1]) for part in parts if part in ("x1", "x2", "x4"))
    writes = [decoder.write(item, B32) for item in items_of(instruction.operands[0])]
    address = decoder.address(instruction.operands[1])
    transposed, machine = "trans" in parts, decoder.machine

    def action(lanes: Lanes) -> None:
        senders = Lanes(lanes.index.reshape(-1, WARP)[:, : 8 * count].reshape(-1))
        rows = lanes.spread(address(lanes)).reshape(-1, WARP)[:, : 8 * count].reshape(-1)
        check_aligned(senders, rows, 16)
        offsets = machine.shared.offsets(senders, rows, 16, False)
        who, where, size = _readers(lanes, offsets.reshape(-1, count, 8), transposed)
        machine.accesses.read(who, where, size)
        words = machine.shared.bytes.load(offsets, 32, 4).reshape(-1, count, 8, 4)
        if transposed:
            halves = np.ascontiguousarray(words).view(np.uint16).reshape(-1, count, 8, 8)
            words = np.ascontiguousarray(halves.transpose(0, 1, 3, 2)).view(np.uint32)
        fragments = words.reshape(-1, count, WARP)
        for number, write in enumerate(writes):
            write(lanes, fragments[:, number].reshape(-1))

    return Collective(action, None)


def _readers(lanes: Lanes, rows: Array, transposed: bool) -> tuple[Lanes, Array, int]:
    """Return who reads where, which isn't who gave the address: lanes, offsets, bytes each."""
    count = rows.shape[1]
    if transposed:
        pieces = [
            rows[:, matrix, 2 * _COLUMN + half] + 2 * _ROW
            for matrix in range(count)
            for half in range(2)
        ]
    else:
        pieces = [rows[:, matrix, _ROW] + 4 * _COLUMN for matrix in range(count)]
    where = np.concatenate([piece.reshape(-1) for piece in pieces])
    return Lanes(np.tile(lanes.index, len(pieces))), where, 2 if transposed else 4


def decode_store_matrix(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return stmatrix, the way back of ldmatrix."""
    parts = instruction.parts
    if "m8n8" not in parts or parts[-1] != "b16":
        raise UnsupportedPtx("stmatrix of another shape than m8n8 of b16")
    reads = [decoder.raw(item, 32) for item in items_of(instruction.operands[1])]
    count, transposed = len(reads), "trans" in parts
    address = decoder.address(instruction.operands[0])
    accessor = Accessor(decoder.machine, "shared")

    def action(lanes: Lanes) -> None:
        senders = Lanes(lanes.index.reshape(-1, WARP)[:, : 8 * count].reshape(-1))
        rows = lanes.spread(address(lanes)).reshape(-1, WARP)[:, : 8 * count].reshape(-1)
        words = np.stack([read(lanes).reshape(-1, 8, 4) for read in reads], axis=1)
        if transposed:
            halves = np.ascontiguousarray(words).view(np.uint16).reshape(-1, count, 8, 8)
            words = np.ascontiguousarray(halves.transpose(0, 1, 3, 2)).view(np.uint32)
        accessor.store(senders, rows, np.ascontiguousarray(words.reshape(-1, 4)))

    return Collective(action, None)


_Places: TypeAlias = list[tuple[Array, Array]]
"""For each number of a lane's fragment, the row and the column for each lane."""


def _fragment(registers: int, per_register: int, rows_first: bool, across: bool) -> _Places:
    """Return where the numbers of a fragment lie: (row, column) of A, or (k, n) of B if across.

    `per_register` numbers lie side by side in a register. The registers go down the rows (by
    eight) first, then along, for A; for B only along.
    """
    places: _Places = []
    for register in range(registers):
        down = register & 1 if rows_first else 0
        along = register >> 1 if rows_first else register
        for item in range(per_register):
            column = per_register * _COLUMN + item + 4 * per_register * along
            row = _ROW + 8 * down
            places.append((column, row) if across else (row, column))
    return places


def _result_places(rows: int) -> _Places:
    return [(_ROW + 8 * down, 2 * _COLUMN + item) for down in range(rows // 8) for item in range(2)]


_SHAPES = {
    ("m16n8k16", 16): (16, 8, 16, 4, 2),
    ("m16n8k8", 16): (16, 8, 8, 2, 1),
    ("m16n8k8", 32): (16, 8, 8, 4, 2),
    ("m16n8k4", 32): (16, 8, 4, 2, 1),
    ("m8n8k4", 64): (8, 8, 4, 1, 1),
    ("m16n8k32", 8): (16, 8, 32, 4, 2),
    ("m16n8k16", 8): (16, 8, 16, 2, 1),
}
"""By shape and bits of a factor: m, n, k, and how many registers of A and of B a lane has."""


def decode_product(decoder: Decoder, instruction: Instruction) -> Collective:
    """Return mma.sync: D = A·B + C."""
    parts = instruction.parts
    result, a_type, b_type, c_type = types_of(instruction)
    shape = next((part for part in parts if part.startswith("m") and part[1:2].isdigit()), "")
    known = _SHAPES.get((shape, a_type.bits))
    if parts[1] != "sync" or "row" not in parts or "col" not in parts or known is None:
        raise UnsupportedPtx(f"{'.'.join(parts)}")
    m, n, k, a_count, b_count = known
    a_read = _reader(decoder, instruction.operands[1], a_type)
    b_read = _reader(decoder, instruction.operands[2], b_type)
    c_read = _reader(decoder, instruction.operands[3], c_type)
    per_register = max(32 // a_type.bits, 1)
    a_places = _fragment(a_count, per_register, m == 16, across=False)
    b_places = _fragment(b_count, per_register, False, across=True)
    c_places = _result_places(m)
    write = _writer(decoder, instruction.operands[0], result)
    wide = "i8" if result.kind == "s" else "f8"
    saturate = "satfinite" in parts

    def action(lanes: Lanes) -> None:
        a = _assemble(a_read(lanes), a_places, (m, k), wide)
        b = _assemble(b_read(lanes), b_places, (k, n), wide)
        c = _assemble(c_read(lanes), c_places, (m, n), wide)
        product = a @ b + c
        if saturate:
            product = np.clip(product, -(2**31), 2**31 - 1)
        write(lanes, np.stack([product[:, row, column] for row, column in c_places], axis=2))

    return Collective(action, None)


def _assemble(values: Array, places: _Places, shape: tuple[int, int], kind: str) -> Array:
    """Return the matrices, one a warp, whose fragments are `values`: (warps, 32, numbers)."""
    matrices = np.zeros((len(values), *shape), kind)
    for number, (row, column) in enumerate(places):
        matrices[:, row, column] = values[:, :, number]
    return matrices


def _reader(decoder: Decoder, operand: Operand, type_: PtxType) -> Callable[[Lanes], Array]:
    """Return a function that gives fragments as numbers: (warps, 32, numbers a lane)."""
    bits = 64 if type_.bits == 64 else 32
    reads = [decoder.raw(item, bits) for item in items_of(operand)]
    packed = ptx_type(type_.name + "x2") if type_.bits == 16 else type_

    def read(lanes: Lanes) -> Array:
        raws = [lanes.spread(one(lanes)) for one in reads]
        if type_.name == "tf32":
            raws = [raw & np.uint32(0xFFFFE000) for raw in raws]  # the machine drops the rest
        if type_.bits == 8:
            dtype = np.int8 if type_.kind == "s" else np.uint8
            columns = [np.ascontiguousarray(raw).view(dtype).reshape(-1, 4) for raw in raws]
        else:
            columns = [packed.decode(raw).reshape(len(raw), -1) for raw in raws]
        return np.concatenate(columns, axis=1).reshape(-1, WARP, len(raws) * columns[0].shape[1])

    return read


def _writer(decoder: Decoder, operand: Operand, type_: PtxType) -> Callable[[Lanes, Array], None]:
    """Return a function that rounds numbers (warps, 32, numbers a lane) and sets registers."""
    bits = 64 if type_.bits == 64 else 32
    writes = [decoder.write(item, ptx_type(f"b{bits}")) for item in items_of(operand)]
    packed = ptx_type(type_.name + "x2") if type_.bits == 16 else type_
    each = 2 if packed.packed else 1

    def write(lanes: Lanes, values: Array) -> None:
        flat = values.reshape(lanes.count, -1)
        for number, one in enumerate(writes):
            part = flat[:, each * number : each * number + each]
            if type_.kind == "s":
                rounded = part.astype(np.int32)
            else:
                rounded = packed.canonical(packed.round(part))
            one(lanes, packed.encode(rounded if packed.packed else rounded.reshape(-1)))

    return write
