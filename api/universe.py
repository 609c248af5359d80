"""What we add to xDSL: dialects, passes and targets, each by name, each loaded on demand.

A new one is one line in one of the three tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from xdsl.universe import XDSL_UNIVERSE, Universe

DIALECTS: dict[str, tuple[str, str]] = {
    "graph": ("foldaway.dialects.graph", "Graph"),
    "pyobj": ("foldaway.dialects.pyobj", "PyObj"),
    "simt": ("foldaway.dialects.simt", "Simt"),
}
"""Dialect name to the module and the name of the `Dialect` object in it."""

PASSES: dict[str, tuple[str, str]] = {
    "check-boundary": ("foldaway.passes.check_boundary", "CheckBoundaryPass"),
    "differentiate-graph": ("foldaway.passes.differentiate_graph", "DifferentiateGraphPass"),
    "fold-pyobj": ("foldaway.passes.fold_pyobj", "FoldPyObjPass"),
    "fuse-elementwise-to-generic": (
        "foldaway.passes.fuse_elementwise_to_generic",
        "FuseElementwiseToGenericPass",
    ),
    "lower-graph-to-linalg": ("foldaway.passes.lower_graph_to_linalg", "LowerGraphToLinalgPass"),
    "outline-segments": ("foldaway.passes.outline_segments", "OutlineSegmentsPass"),
    "fuse-rows": ("foldaway.passes.fuse_rows", "FuseRowsPass"),
    "place-buffers": ("foldaway.passes.place_buffers", "PlaceBuffersPass"),
    "schedule-contractions": (
        "foldaway.passes.schedule_contractions",
        "ScheduleContractionsPass",
    ),
    "schedule-epilogues": ("foldaway.passes.schedule_epilogues", "ScheduleEpiloguesPass"),
    "schedule-stores": ("foldaway.passes.schedule_stores", "ScheduleStoresPass"),
    "schedule-threads": ("foldaway.passes.schedule_threads", "ScheduleThreadsPass"),
}
"""Pass name to the module and the `ModulePass` class in it."""

TARGETS: dict[str, tuple[str, str]] = {
    "cpu": ("foldaway.targets", "CpuTarget"),
    "linalg": ("foldaway.targets", "LinalgTarget"),
    "llvm": ("foldaway.targets", "LlvmTarget"),
    "ptx": ("foldaway.backends.gpu.target", "PtxTarget"),
    "python": ("foldaway.targets", "PythonTarget"),
}
"""Target name to the module and the `Target` class in it."""


def loaders(table: Mapping[str, tuple[str, str]]) -> dict[str, Callable[[], Any]]:
    """Return for each name of `table` a function that imports what the name stands for."""
    return {name: _loader(module, attribute) for name, (module, attribute) in table.items()}


def _loader(module: str, attribute: str) -> Callable[[], Any]:
    return lambda: getattr(import_module(module), attribute)


FOLDAWAY = Universe(
    all_dialects=loaders(DIALECTS),
    all_passes=loaders(PASSES),
    # A name that xDSL has too would stop xdsl-opt at its start; foldaway-opt adds ours itself.
    all_targets={n: t for n, t in loaders(TARGETS).items() if n not in XDSL_UNIVERSE.all_targets},
)
