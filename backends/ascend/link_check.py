"""Whether the device functions that a final HIVM calls are in the vendor's libraries.

The last stage links the kernel with bitcode of the chip. Its symbols are read by LLVM where that
reads the bitcode; newer chips have bitcode that it doesn't, and there the bytes are searched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import llvmlite.binding as _untyped  # pyright: ignore[reportMissingTypeStubs]

from ...runtime.disk_cache import DiskCache
from ...runtime.sha256 import sha256
from ...runtime.version import VERSION
from .chips import Chip
from .programs import installation
from .toolchain import KernelRefused

_llvm = cast(Any, _untyped)
_PREFIX: Final = "_mlir_ciface_"
_DECLARED: Final = re.compile(
    r"func\.func private @([\w.]+)\(.*hivm\.func_core_type<(AIC|AIV)>", re.M
)
_SYMBOLS: Final = DiskCache(".symbols")


def device_calls(hivm: str) -> list[tuple[str, str]]:
    """Return the device functions that a final HIVM declares, and the kind of core of each."""
    return [(match[1], match[2]) for match in _DECLARED.finditer(hivm)]


def missing_functions(hivm: str, chip: Chip) -> list[str]:
    """Return the device functions of a final HIVM that no library of the chip has.

    Raises ToolchainMissing where the libraries aren't installed.
    """
    known = _symbols(chip)
    return [name for name, core in device_calls(hivm) if not known[core].has(name)]


def check_links(hivm: str, chip: Chip) -> None:
    """Raise KernelRefused where a device function doesn't exist."""
    missing = missing_functions(hivm, chip)
    if missing:
        raise KernelRefused(f"the libraries of {chip.name} don't have {', '.join(missing)}")


class _Symbols(NamedTuple):
    names: frozenset[str]
    """Functions of the libraries that LLVM reads."""
    runs: str
    """The names in others, which lie one after the other with nothing between."""

    def has(self, name: str) -> bool:
        return name in self.names or f"{_PREFIX}{name}" in self.runs


@cache
def _symbols(chip: Chip) -> Mapping[str, _Symbols]:
    """Return the functions in the libraries for each kind of core."""
    files = installation().libraries(chip.library)
    stamp = [(file.name, file.stat().st_size) for file in files]
    parts = ("symbols", stamp, installation().version, VERSION)
    key = sha256(repr(parts).encode()).hex()
    kept = _SYMBOLS.find(key)
    found: dict[str, tuple[list[str], str]]
    if kept is not None:
        found = json.loads(kept)
    else:
        found = {core: _of_core(files, core) for core in ("AIC", "AIV")}
        _SYMBOLS.keep(key, json.dumps(found).encode())
    return {core: _Symbols(frozenset(names), runs) for core, (names, runs) in found.items()}


def _of_core(files: Iterable[Path], core: str) -> tuple[list[str], str]:
    names: set[str] = set()
    runs: list[bytes] = []
    for file in files:
        if f".{core.lower()}." in file.name:
            bitcode = file.read_bytes()
            try:
                names |= _functions(bitcode)
            except RuntimeError:
                runs += re.findall(rb"_mlir_ciface_\w+", bitcode)
    return sorted(names), b"\n".join(runs).decode()


def _functions(bitcode: bytes) -> set[str]:
    """Return the functions that bitcode defines for MLIR.

    Raises RuntimeError where LLVM doesn't read it.
    """
    return {
        function.name.removeprefix(_PREFIX)
        for function in _llvm.parse_bitcode(bitcode).functions
        if function.name.startswith(_PREFIX) and not function.is_declaration
    }
