"""SHA-256 without `hashlib`, which loads OpenSSL: that takes a start 3 ms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

_LONG = 1 << 20
"""Bytes from which on OpenSSL, which uses the processor's own instructions, is worth it."""


def sha256(*parts: bytes) -> bytes:
    """Return the digest of some bytes, one after the other: 32 bytes."""
    make = _of_python() if sum(map(len, parts)) < _LONG else None
    if make is None:
        from hashlib import sha256 as make
    digest = make()
    for part in parts:
        digest.update(part)
    return digest.digest()


@cache
def _of_python() -> Callable[[], Any] | None:
    """Return Python's own, which is there whatever OpenSSL offers; None where it isn't built."""
    for name in ("_sha2", "_sha256"):
        try:
            module: Any = import_module(name)
        except ImportError:
            continue
        return module.sha256
    return None
