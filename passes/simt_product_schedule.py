"""How a kernel computes a product of matrices: decided here, kept as an attribute."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import prod
from typing import cast

from xdsl.dialects.builtin import (
    BFloat16Type,
    Float16Type,
    Float32Type,
)
from xdsl.ir import Operation

from ..dialects.simt.memory import bytes_of
from ..dialects.simt.schedule import Schedule, schedule_of
from .simt_nests import is_countable
from .simt_product import Factor, Product

FMA, MMA = "fma", "mma"
"""Families: each thread grows a tile by outer products; each warp one by products of small
matrices."""


@dataclass(frozen=True)
class ProductSchedule:
    """How a kernel computes a product.

    A block computes `rows` times `columns` elements of the result, `depth` elements of the sums at
    a time, of which `stages` are in shared memory. Its warps are `warp_rows` times `warp_columns`.
    """

    family: str
    rows: int
    columns: int
    depth: int
    warp_rows: int
    warp_columns: int
    stages: int

    @property
    def threads(self) -> int:
        """How many threads a block has."""
        return 32 * self.warp_rows * self.warp_columns

    def attach(self, op: Operation) -> None:
        """Write it on an op, as the attribute `simt`."""
        numbers = {name: cast(int, getattr(self, name)) for name in _NUMBERS}
        Schedule(self.family, numbers).attach(op)


_NUMBERS = tuple(field.name for field in fields(ProductSchedule) if field.name != "family")


def product_schedule_of(product: Product) -> ProductSchedule | None:
    """Return what the attribute `simt` of a product says; None for what can't be run."""
    schedule = schedule_of(product.op)
    if schedule is None:
        return None
    found = ProductSchedule(schedule.family, *(schedule[name] for name in _NUMBERS))
    return found if is_runnable(found, product) else None


def is_runnable(schedule: ProductSchedule, product: Product) -> bool:
    """Return whether a kernel can be written that does so."""
    numbers = [cast(int, getattr(schedule, name)) for name in _NUMBERS]
    if schedule.family not in (FMA, MMA) or min(numbers) < 1 or schedule.threads > 1024:
        return False
    sizes = schedule.rows, schedule.columns, schedule.depth
    if schedule.family == MMA:
        # The chunks of a row are permuted by `xor`.
        if not takes_mma(product) or any(size.bit_count() != 1 for size in sizes):
            return False
    down, across, depth = (16, 16, 16) if schedule.family == MMA else (16, 32, 4)
    units = down * schedule.warp_rows, across * schedule.warp_columns, depth
    if any(size % unit for size, unit in zip(sizes, units, strict=True)):
        return False
    if not (product.is_countable and is_countable(prod(grid_of(product, schedule)))):
        return False
    copied = schedule.rows * schedule.depth, schedule.columns * schedule.depth
    if any(count % schedule.threads for count in copied):
        return False
    sums = schedule.rows * schedule.columns // schedule.threads
    fits = shared_bytes(schedule, product) <= _MOST_SHARED
    return fits and sums <= _MOST_SUMS and 2 <= schedule.stages <= _MOST_STAGES


_MOST_SHARED = 227 * 1024
_MOST_SUMS = 128
"""Of a thread: more don't fit into its registers."""
_MOST_STAGES = 8
NARROWEST = 4
"""Bytes of the least copy that a thread need not wait for."""
PADDING = 16
"""Bytes by which rows in shared memory are longer, so that those of one column are in different
banks."""


def takes_mma(product: Product) -> bool:
    """Return whether a product's factors are of 16 bits, and its sums in f32."""
    elements = {product.lhs.element, product.rhs.element}
    narrow = isinstance(product.lhs.element, Float16Type | BFloat16Type)
    return narrow and len(elements) == 1 and isinstance(product.element, Float32Type)


def is_deep(family: str, factor: Factor) -> bool:
    """Return whether what is multiplied lies together in shared memory.

    Small matrices are read from how they lie outside. What grows by outer products is read across,
    so it is turned on its way if a copy can be as small as an element.
    """
    if family == FMA and bytes_of(factor.element) >= NARROWEST:
        return False
    return factor.along == 1 or factor.across != 1 or factor.extent == 1


def is_turned(family: str, factor: Factor) -> bool:
    """Return whether neighbours outside are far apart in shared memory."""
    return not is_deep(family, factor) and abs(factor.along) < abs(factor.across)


def tile_shape(schedule: ProductSchedule, factor: Factor, extent: int) -> tuple[int, int]:
    """Return rows and columns of a factor's tile as it lies in shared memory."""
    depth = schedule.depth
    return (extent, depth) if is_deep(schedule.family, factor) else (depth, extent)


def tile_pitch(schedule: ProductSchedule, factor: Factor, columns: int) -> int:
    """Return how many elements a row of a tile takes in shared memory.

    Tiles of small matrices are permuted instead; rows of what lies across are read along.
    """
    family = schedule.family
    if family == MMA or not (is_deep(family, factor) or is_turned(family, factor)):
        return columns
    return columns + max(PADDING // bytes_of(factor.element), 1)


def tile_bytes(schedule: ProductSchedule, factor: Factor, extent: int) -> int:
    """Return how many bytes one stage of a factor takes in shared memory."""
    rows, columns = tile_shape(schedule, factor, extent)
    size = rows * tile_pitch(schedule, factor, columns) * bytes_of(factor.element)
    return -(-size // 128) * 128


def stage_bytes(schedule: ProductSchedule, product: Product) -> int:
    """Return how many bytes of shared memory all stages take."""
    lhs = tile_bytes(schedule, product.lhs, schedule.rows)
    return schedule.stages * (lhs + tile_bytes(schedule, product.rhs, schedule.columns))


def slab_rows(schedule: ProductSchedule, product: Product) -> int:
    """Return how many of a tile's rows are exchanged through shared memory at once."""
    row = slab_pitch(schedule, product) * bytes_of(product.element)
    warp = schedule.rows // schedule.warp_rows
    most = max(stage_bytes(schedule, product), 32 * 1024)
    fitting = [
        n
        for n in range(1, schedule.warp_rows + 1)
        if schedule.warp_rows % n == 0 and n * warp * row <= most
    ]
    return warp * max(fitting, default=1)


def slab_pitch(schedule: ProductSchedule, product: Product) -> int:
    """Return how many elements a row of the result takes in shared memory."""
    return schedule.columns + 2 * PADDING // bytes_of(product.element)


def shared_bytes(schedule: ProductSchedule, product: Product) -> int:
    """Return how many bytes of shared memory a block takes."""
    slab = slab_rows(schedule, product) * slab_pitch(schedule, product)
    return max(stage_bytes(schedule, product), slab * bytes_of(product.element))


_Tile = tuple[int, int, int, int, int, int, float]
"""Numbers of a schedule, and what part of the machine's speed it reaches."""
_FMA: tuple[_Tile, ...] = (
    (128, 128, 8, 4, 2, 4, 1.0),
    (64, 64, 16, 2, 2, 3, 0.85),
    (32, 32, 16, 2, 1, 3, 0.55),
)
_WIDE: tuple[_Tile, ...] = ((64, 64, 16, 2, 2, 2, 1.0), (32, 32, 16, 2, 1, 2, 0.7))
"""For elements of 8 bytes."""
_MMA: tuple[_Tile, ...] = (
    (128, 256, 64, 2, 4, 3, 1.0),
    (256, 128, 64, 4, 2, 3, 1.0),
    (128, 256, 32, 2, 4, 3, 0.95),
    (128, 128, 32, 2, 2, 4, 0.85),
    (64, 64, 32, 2, 2, 4, 0.6),
    (32, 32, 32, 2, 1, 4, 0.35),
)


def best_schedule(
    product: Product, processors: int = 132, arch: str = "sm_80"
) -> ProductSchedule | None:
    """Return how a product runs best on that many processors of a chip."""
    most_shared = shared_of(arch)
    if takes_mma(product):
        family, tiles = MMA, _MMA
    else:
        family, tiles = FMA, _WIDE if bytes_of(product.element) == 8 else _FMA
    best: tuple[float, ProductSchedule] | None = None
    for *numbers, speed in tiles:
        schedule = ProductSchedule(family, *(int(number) for number in numbers))
        if not is_runnable(schedule, product) or shared_bytes(schedule, product) > most_shared:
            continue
        rounds = -(-prod(grid_of(product, schedule)) // processors)
        time = rounds * schedule.rows * schedule.columns / speed
        if best is None or time < best[0]:
            best = time, schedule
    return None if best is None else best[1]


def shared_of(arch: str) -> int:
    """Return how many bytes of shared memory a block may have on a chip.

    Source: CUDA C++ programming guide, technical specifications per compute capability.
    """
    number = arch.removeprefix("sm_").rstrip("af")
    return _SHARED.get(number, 99 if number.isdecimal() and int(number) > 100 else 163) * 1024


_SHARED = {"80": 163, "86": 99, "87": 163, "89": 99, "90": 227, "100": 227, "103": 227}
"""KiB; later chips may have no more than those for screens."""


def grid_of(product: Product, schedule: ProductSchedule) -> tuple[int, int, int]:
    """Return how many tiles there are down, across and for all rounds of the outer loops."""
    down = -(-product.lhs.extent // schedule.rows)
    return down, -(-product.rhs.extent // schedule.columns), prod(product.batches)
