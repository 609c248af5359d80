"""The CPU among the machines."""

from __future__ import annotations

from functools import cache

from ...runtime.driver import Driver
from ...runtime.machine import Machine, OptTarget, RunPasses

BUFFERS = (
    "fuse-elementwise-to-generic,place-buffers,schedule-epilogues,fuse-rows,"
    "schedule-contractions,schedule-stores,schedule-threads"
)
"""Linalg in tensor form to loops over buffers, which the emitter takes."""


@cache
def _driver(run_passes: RunPasses) -> Driver:
    from .driver import CpuDriver

    return CpuDriver()


MACHINE = Machine(
    "CPU",
    _driver,
    {
        # It lowers the segments itself, since buffers don't say which integers are unsigned.
        "cpu": OptTarget(("foldaway.targets", "CpuTarget"), None),
        "llvm": OptTarget(("foldaway.targets", "LlvmTarget"), BUFFERS),
    },
)
