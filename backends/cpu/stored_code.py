"""Object images that are kept on disk, and how they become code again without LLVM."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...runtime.disk_cache import DiskCache
from ...runtime.sha256 import sha256
from ...runtime.version import VERSION
from .library import Symbols
from .object_image import LoadedCode, UnknownImage, load_image

if TYPE_CHECKING:
    from .effort import Effort
    from .machine_code import MachineCode

IMAGES = DiskCache(".o")
"""Those of all that LLVM has compiled."""

_VARYING = frozenset(
    ("processor", "cpu MHz", "core id", "physical id", "apicid", "initial apicid", "bogomips")
)
"""What Linux says of a core and not of its kind."""


def stored_code(
    key: str, entry: str, symbols: Mapping[str, int]
) -> LoadedCode | MachineCode | None:
    """Return the code of the image with a key, None if there is none.

    `symbols` are addresses of the externals that aren't C's. LLVM is loaded where only it knows
    how to load the image.
    Raises RuntimeError for a symbol that nobody has.
    """
    image = IMAGES.find(key)
    if image is None:
        return None
    try:
        return load_image(image, entry, Symbols(symbols))
    except UnknownImage:
        from .machine_code import ASSEMBLER

        return ASSEMBLER.load(key, image, entry, symbols)


def lasting_code(
    text: str, entry: str, effort: Effort, symbols: Mapping[str, int] = MappingProxyType({})
) -> LoadedCode | MachineCode:
    """Return the code of a text that is the same in every process.

    `symbols` are addresses of the externals that aren't C's. LLVM isn't
    loaded where the image was made before.
    """
    machine = this_machine()
    parts = (text, entry, effort, VERSION, machine)
    key = sha256(repr(parts).encode()).hex()
    found = None if machine is None else stored_code(key, entry, symbols)
    if found is not None:
        return found
    from .machine_code import ASSEMBLER

    _, image = ASSEMBLER.image_of(text, entry, effort)
    if machine is not None:
        IMAGES.keep(key, image)
    return ASSEMBLER.load(key, image, entry, symbols)


@cache
def this_machine() -> str | None:
    """Return what tells kinds of processors apart without LLVM; None where nothing does.

    Linux says which processor it is, and all that it can do.
    """
    if not sys.platform.startswith("linux") or os.uname().machine != "x86_64":
        return None
    try:
        with open("/proc/cpuinfo") as file:
            # The first processor; reading thousands would take long.
            words = [line.partition(":") for line in takewhile(str.strip, file)]
    except OSError:
        return None
    said = {name.strip(): value.strip() for name, _, value in words}
    if not said.get("flags") or not said.get("model name"):
        return None
    kept = [(name, value) for name, value in sorted(said.items()) if name not in _VARYING]
    return sha256(repr(kept).encode()).hex()
