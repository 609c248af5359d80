"""The chips that the vendor's compiler knows, and which of its programs compile for them."""

from __future__ import annotations

from typing import Final, NamedTuple

DEFAULT: Final = "Ascend910B1"
_NEWER: Final = ("Ascend950", "Ascend910_95")
CHIPS: Final = (
    *(f"Ascend910{name}" for name in ("B1", "B2", "B2C", "B3", "B4", "B4-1")),
    *(f"Ascend910_{name}" for name in ("9362", "9372", "9381", "9382", "9391", "9392")),
    *(f"Ascend910_{name}" for name in ("950z", "9579", "957b", "957d", "9581", "9589")),
    *(f"Ascend910_{name}" for name in ("958a", "958b", "9599")),
    *(f"Ascend950PR_{name}" for name in ("950z", "9579", "957a", "957b", "957c", "957d")),
    *(f"Ascend950PR_{name}" for name in ("9589", "958a", "958b", "958c", "958d", "9599")),
    *(f"Ascend950PR_{name}" for name in ("959a", "959b")),
    *(f"Ascend950DT_{name}" for name in ("950x", "950y", "9571", "9572", "9573")),
)


class Chip(NamedTuple):
    """A chip by its name, as `--target` takes it."""

    name: str

    @property
    def is_newer(self) -> bool:
        """Whether programs and libraries of their own belong to it: those with `a5` and `c310`."""
        return self.name.startswith(_NEWER)

    @property
    def program_suffix(self) -> str:
        """The end of the names of the programs that compile for it."""
        return "-a5" if self.is_newer else ""

    @property
    def library(self) -> str:
        """The end of the names of its device libraries, before `.bc`."""
        return "c310" if self.is_newer else "c220"


def chip_named(name: str) -> Chip:
    """Return a chip.

    Raises ValueError for a name that the vendor's compiler doesn't know.
    """
    if name not in CHIPS:
        raise ValueError(f"there is no chip '{name}'; known are {', '.join(CHIPS)}")
    return Chip(name)
