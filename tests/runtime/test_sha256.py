"""Digests are those of `hashlib`, whoever computes them."""

import hashlib

import pytest

from foldaway.runtime import sha256 as module
from foldaway.runtime.sha256 import sha256

PARTS = {
    "none": (),
    "short": (b"abc",),
    "several": (b"a", b"", b"bc"),
    "long": (b"a", bytes(1 << 20)),
}


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_it_is_hashlibs(parts: tuple[bytes, ...], is_there: bool, monkeypatch: pytest.MonkeyPatch):
    if not is_there:
        monkeypatch.setattr(module, "_of_python", lambda: None)
    assert sha256(*parts) == hashlib.sha256(b"".join(parts)).digest()
