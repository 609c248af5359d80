"""Which files the framework consists of: what one compiler has made is nothing to another."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec

from .sha256 import sha256

_PACKAGE = __name__.partition(".")[0]
_ROOMS = ("backends", "dialects", "folding", "frontend", "passes", "runtime")


@cache
def package_digest() -> str:
    """Return a digest of the names, sizes and times of all Python files of the framework.

    Packages that aren't imported yet are looked at, too, and stay so.
    """
    names = [_PACKAGE, *(f"{_PACKAGE}.{room}" for room in _ROOMS)]
    folders: set[str] = set()
    for spec in map(find_spec, names):
        folders.update(spec.submodule_search_locations or () if spec is not None else ())
    files = sorted(file for folder in folders for file in _files(folder))
    return sha256(repr(files).encode()).hex()


def _files(folder: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                found.append((entry.path, status.st_size, status.st_mtime_ns))
            elif entry.is_dir() and entry.name != "__pycache__":
                found += _files(entry.path)
    return found
