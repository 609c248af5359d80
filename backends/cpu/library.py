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


@cache
def addresses() -> dict[str, int]:
    """Return the address of each function of C that the emitter or LLVM writes a call of.

    One that this system's library lacks is left out: code that needs it does not link.
    """
    process = ctypes.CDLL(None)
    own = _own_library()
    library = process if own is None else ctypes.CDLL(own)
    names = [(library, name + suffix) for name in _MATH for suffix in ("", "f")]
    names += [(process, name) for name in _MEMORY]
    found: dict[str, int] = {}
    for where, name in names:
        function = getattr(where, name, None)
        address = ctypes.cast(function, ctypes.c_void_p).value if function else None
        if address is not None:
            found[name] = address
    return found


def _own_library() -> str | None:
    """Return the name of C's mathematics where it isn't part of the process."""
    if hasattr(ctypes.CDLL(None), "roundevenf"):
        return None
    from ctypes.util import find_library  # It loads ten modules more.

    return find_library("m")
