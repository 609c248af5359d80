"""Ascend among the machines."""

from __future__ import annotations

from functools import cache

from ...runtime.driver import Driver, Step
from ...runtime.machine import Machine, OptTarget, RunPasses

STEPS = (
    Step("place-axes"),
    Step("outline-kernels"),
    Step("lower-vectors-to-hfusion"),
    Step("lower-products-to-tiles"),
)
"""Linalg in tensor form to kernels, and a host that launches them."""


@cache
def _driver(run_passes: RunPasses) -> Driver:
    from .driver import AscendDriver

    return AscendDriver(run_passes)


MACHINE = Machine(
    "Ascend",
    _driver,
    {
        "ascend": OptTarget(
            ("foldaway.backends.ascend.target", "AscendTarget"),
            ",".join(step.name for step in STEPS),
        )
    },
)
