"""What schedules ask of the processor this runs on: its vectors, registers and caches."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import llvmlite.binding as _untyped  # pyright: ignore[reportMissingTypeStubs]

_llvm = cast(Any, _untyped)
_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


@dataclass(frozen=True)
class Processor:
    """Sizes in bytes; caches as one core sees them."""

    vector_bytes: int
    vector_registers: int
    first_cache: int
    second_cache: int
    last_cache: int


@cache
def this_processor() -> Processor:
    """Return what LLVM and the system say; what neither says is that of a common machine."""
    features: Mapping[str, bool] = _llvm.get_host_cpu_features()
    caches = cache_sizes(_CACHES)
    is_arm = platform.machine().lower() in ("aarch64", "arm64")
    if features.get("avx512f") and features.get("avx512vl"):
        vectors = 64, 32
    elif features.get("avx"):
        vectors = 32, 16
    else:
        vectors = 16, 32 if is_arm else 16
    first, second = caches.get(1, 1 << 15), caches.get(2, 1 << 19)
    return Processor(*vectors, first, second, caches.get(3, max(second, 1 << 23)))


def cache_sizes(folder: Path) -> dict[int, int]:
    """Return the bytes of each level's cache for data, from Linux's description of a core.

    Source: <https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-devices-system-cpu>.
    """
    found: dict[int, int] = {}
    for entry in sorted(folder.glob("index*")):
        try:
            level, kind, size = (
                (entry / name).read_text().strip() for name in ("level", "type", "size")
            )
        except OSError:
            continue
        digits = size.rstrip("KMG")
        if kind != "Instruction" and level.isdecimal() and digits.isdecimal():
            found[int(level)] = int(digits) * _UNITS.get(size[-1:], 1)
    return {level: size for level, size in found.items() if size}
