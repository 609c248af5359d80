"""The threads of the blocks that run together: lanes, registers, special registers.

Source: PTX ISA 9.0, "Special Registers", "Operand Size Exceeding Instruction-Type Size".

A lane is a thread's place in all arrays here: the blocks that run together stand one behind the
other, and each has whole warps, the lanes past its size never run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from .ptx_errors import UndefinedRegister, UnsupportedPtx
from .ptx_rounding import Array
from .ptx_types import UNSIGNED

WARP = 32
Dim: TypeAlias = tuple[int, int, int]


class Lanes:
    """Some lanes, in order: `index` are their numbers, `select` picks them from an array."""

    __slots__ = ("count", "index", "select")

    def __init__(self, index: Array):
        self.index = index
        self.count = len(index)
        self.select: slice | Array = index
        if self.count and int(index[-1]) - int(index[0]) + 1 == self.count:
            self.select = slice(int(index[0]), int(index[-1]) + 1)

    def where(self, mask: Array) -> "Lanes":
        """Return those lanes whose item of `mask` is true."""
        return Lanes(self.index[mask])

    def spread(self, values: Array) -> Array:
        """Return `values`, of which there is one for all lanes or one a lane, one a lane."""
        return values if len(values) == self.count else np.repeat(values, self.count, axis=0)


class Register:
    """One register of all lanes, as unsigned integers (a predicate: bools), and who wrote it."""

    __slots__ = ("_defined", "bits", "complete", "name", "values")

    def __init__(self, name: str, bits: int, lanes: int):
        self.name = name
        self.bits = bits
        self.values = np.zeros(lanes, np.bool_ if bits == 1 else UNSIGNED[bits])
        self._defined = np.zeros(lanes, np.bool_)
        self.complete = False  # all lanes have written it: nothing to check any more

    def read(self, lanes: Lanes) -> Array:
        """Return the lanes' bits; UndefinedRegister where one hasn't written it."""
        if not self.complete:
            defined = self._defined[lanes.select]
            if not defined.all():
                lane = int(lanes.index[np.argmin(defined)])
                raise UndefinedRegister(f"{self.name} is read before it is written", lane)
        return self.values[lanes.select]

    def write(self, lanes: Lanes, bits: Array) -> None:
        """Set the lanes' bits."""
        self.values[lanes.select] = bits
        if not self.complete:
            self._defined[lanes.select] = True
            self.complete = lanes.count == len(self.values)

    def undefined(self, lanes: Lanes) -> Array | None:
        """Return which of the lanes haven't written it, None if all have."""
        if self.complete:
            return None
        defined = self._defined[lanes.select]
        return None if defined.all() else ~defined

    def forget(self, index: Array) -> None:
        """Let the lanes `index` be ones that haven't written it."""
        if len(index):
            self._defined |= self.complete
            self._defined[index] = False
            self.complete = False


@dataclass(frozen=True)
class Geometry:
    """How lanes belong to blocks and warps: `blocks` of `threads` each, `width` lanes a block."""

    grid: Dim
    block: Dim
    blocks: int

    @property
    def threads(self) -> int:
        """The threads of a block."""
        return self.block[0] * self.block[1] * self.block[2]

    @property
    def width(self) -> int:
        """The lanes of a block: its threads, rounded up to whole warps."""
        return -(-self.threads // WARP) * WARP

    @property
    def lanes(self) -> int:
        """All lanes of the blocks that run together."""
        return self.blocks * self.width

    def thread_of(self, lane: int) -> Dim:
        """Return the thread (x, y, z) in its block."""
        return _unravel(lane % self.width, self.block)

    def block_of(self, first: int, lane: int) -> Dim:
        """Return the block (x, y, z) of a lane where block number `first` is the first."""
        return _unravel(first + lane // self.width, self.grid)


def _unravel(number: int, size: Dim) -> Dim:
    return number % size[0], number // size[0] % size[1], number // (size[0] * size[1])


class SpecialRegisters:
    """What `%tid.x` and its like are for each lane; made when they are first asked for."""

    def __init__(self, geometry: Geometry, shared_bytes: int):
        self._geometry = geometry
        self._shared_bytes = shared_bytes
        self._made: dict[str, Array] = {}
        self.first_block = 0
        self.clock = 0

    def start(self, first_block: int) -> None:
        """Let block number `first_block` be the first one of the lanes."""
        self.first_block = first_block
        for name in [n for n in self._made if n.startswith("%ctaid") or n == "%smid"]:
            self._made[name][:] = self._compute(name)

    def reader(self, name: str) -> Callable[[Lanes], Array]:
        """Return a function that gives the lanes' bits of `name`, as UNSIGNED integers."""
        if name in ("%clock", "%clock64", "%globaltimer", "%clock_hi", "%globaltimer_lo"):
            dtype = np.uint64 if name in ("%clock64", "%globaltimer") else np.uint32
            return lambda lanes: np.full(lanes.count, self.clock, np.uint64).astype(dtype)
        if name not in self._made:
            self._made[name] = self._compute(name)
        values = self._made[name]
        return lambda lanes: values[lanes.select]

    def _compute(self, name: str) -> Array:
        shape = self._geometry
        lane = np.arange(shape.lanes)
        thread = lane % shape.width
        base, _, axis = name.partition(".")
        number = "xyz".find(axis) if axis else -1
        if number >= 0 and base in ("%tid", "%ntid", "%ctaid", "%nctaid"):
            size = shape.block if base in ("%tid", "%ntid") else shape.grid
            if base in ("%ntid", "%nctaid"):
                values = np.full(shape.lanes, size[number])
            else:
                item = thread if base == "%tid" else self.first_block + lane // shape.width
                values = item // int(np.prod(size[:number], dtype=np.int64)) % size[number]
            return values.astype(np.uint32)
        return np.asarray(self._single(name, lane, thread)).astype(np.uint32)

    def _single(self, name: str, lane: Array, thread: Array) -> Array:
        place = thread % WARP
        bit = np.uint64(1) << place.astype(np.uint64)
        match name:
            case "%laneid":
                return place
            case "%warpid":
                return thread // WARP
            case "%nwarpid":
                return np.full_like(lane, self._geometry.width // WARP)
            case "%smid":
                return self.first_block + lane // self._geometry.width
            case "%lanemask_eq":
                return bit
            case "%lanemask_lt":
                return bit - np.uint64(1)
            case "%lanemask_le":
                return bit * np.uint64(2) - np.uint64(1)
            case "%lanemask_gt":
                return ~(bit * np.uint64(2) - np.uint64(1)) & np.uint64(0xFFFFFFFF)
            case "%lanemask_ge":
                return ~(bit - np.uint64(1)) & np.uint64(0xFFFFFFFF)
            case "%dynamic_smem_size" | "%total_smem_size":
                return np.full_like(lane, self._shared_bytes)
            case "%clusterid" | "%cluster_ctarank":
                return np.zeros_like(lane)
            case "WARP_SZ":
                return np.full_like(lane, WARP)
            case _:
                raise UnsupportedPtx(f"the special register {name}")


def first_lane(lanes: Lanes, mask: Array) -> int:
    """Return the number of the first lane whose item of `mask` is true."""
    mask = np.asarray(mask)
    at = int(np.argmax(mask.any(axis=tuple(range(1, mask.ndim))) if mask.ndim > 1 else mask))
    return int(lanes.index[at if len(mask) == lanes.count else 0])
