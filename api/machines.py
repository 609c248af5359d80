"""The machines there are, each a folder of `backends/`; a new one is a line of the table."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from foldaway.runtime.machine import Machine, Named

MACHINES = {
    "CPU": "foldaway.backends.cpu.machine",
    "GPU": "foldaway.backends.gpu.machine",
    "Ascend": "foldaway.backends.ascend.machine",
}
"""`device_target` to the module that has a `MACHINE`; it is small, and loads no backend."""


def machine_named(target: str) -> Machine:
    """Return a machine; raise KeyError for a name that there is no line of."""
    return import_module(MACHINES[target]).MACHINE


def all_machines() -> Iterator[Machine]:
    """Give each machine."""
    yield from map(machine_named, MACHINES)


def own_passes() -> dict[str, Named]:
    """Return the passes that stand in machines' own folders."""
    return {name: where for machine in all_machines() for name, where in machine.passes.items()}
