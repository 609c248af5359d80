"""Addresses of the C functions that compiled code may call."""

from __future__ import annotations

import ctypes
from functools import cache

_MATH = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan"),
    *("asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("erf", "pow", "cbrt", "fma", "fmod", "fmax", "fmin"),
    *("sqrt", "floor", "ceil", "trunc", "rint", "nearbyint", "round", "roundeven"),
)
_MEMORY = ("memcpy", "memmove", "memset", "aligned_alloc", "free", "madvise")


_IN_LIBRARY = frozenset(name + suffix for name in _MATH for suffix in ("", "f"))


def addresses() -> dict[str, int]:
    """Return the address of each function of C that the emitter or LLVM writes a call of.

    One that this system's library lacks is left out: code that needs it does not link.
    """
    found = {name: address_of(name) for name in (*_IN_LIBRARY, *_MEMORY)}
    return {name: address for name, address in found.items() if address is not None}


@cache
def address_of(name: str) -> int | None:
    """Return the address of one of these functions, None for what is none or isn't there."""
    if name not in _IN_LIBRARY and name not in _MEMORY:
        return None
    function = getattr(_libraries()[name in _IN_LIBRARY], name, None)
    return ctypes.cast(function, ctypes.c_void_p).value if function else None


class Symbols(dict[str, int]):
    """Addresses by name, with those of C's functions, which are found when they are asked for."""

    def __missing__(self, name: str) -> int:
        address = address_of(name)
        if address is None:
            raise KeyError(name)
        return address


@cache
def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """Return the process and C's mathematics."""
    process, own = ctypes.CDLL(None), _own_library()
    return process, process if own is None else ctypes.CDLL(own)


def _own_library() -> str | None:
    """Return the name of C's mathematics where it isn't part of the process."""
    if hasattr(ctypes.CDLL(None), "roundevenf"):
        return None
    from ctypes.util import find_library  # It loads ten modules more.

    return find_library("m")
