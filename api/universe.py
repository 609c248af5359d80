"""What we add to xDSL: dialects, passes and targets, each by name, each loaded on demand.

A new one is one line: here, in the table of passes, or in a machine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from xdsl.universe import XDSL_UNIVERSE, Universe

from .machines import all_machines, own_passes
from .pass_table import PASSES

DIALECTS: dict[str, tuple[str, str]] = {
    "ascend": ("foldaway.dialects.ascend", "Ascend"),
    "graph": ("foldaway.dialects.graph", "Graph"),
    "hacc": ("foldaway.dialects.hacc", "Hacc"),
    "hfusion": ("foldaway.dialects.hfusion", "HFusion"),
    "pyobj": ("foldaway.dialects.pyobj", "PyObj"),
    "simt": ("foldaway.dialects.simt", "Simt"),
}
"""Dialect name to the module and the name of the `Dialect` object in it."""

TARGETS: dict[str, tuple[str, str]] = {
    "linalg": ("foldaway.targets", "LinalgTarget"),
    "python": ("foldaway.targets", "PythonTarget"),
    **{name: target.where for one in all_machines() for name, target in one.targets.items()},
}
"""Target name to the module and the `Target` class in it; what machines print is theirs to say."""


def loaders(table: Mapping[str, tuple[str, str]]) -> dict[str, Callable[[], Any]]:
    """Return for each name of `table` a function that imports what the name stands for."""
    return {name: _loader(module, attribute) for name, (module, attribute) in table.items()}


def _loader(module: str, attribute: str) -> Callable[[], Any]:
    return lambda: getattr(import_module(module), attribute)


FOLDAWAY = Universe(
    all_dialects=loaders(DIALECTS),
    all_passes=loaders({**PASSES, **own_passes()}),
    # A name that xDSL has too would stop xdsl-opt at its start; foldaway-opt adds ours itself.
    all_targets={n: t for n, t in loaders(TARGETS).items() if n not in XDSL_UNIVERSE.all_targets},
)
