"""Which machine compiled functions run on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from foldaway.dialects.source import reject
from foldaway.runtime.collector import loading
from foldaway.runtime.driver import Driver, Step

from . import context
from .machines import MACHINES, machine_named

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp


def current_driver() -> Driver:
    """Return the driver of the context's `device_target`.

    Raises CompileError for a machine that there is no backend for, or that isn't here.
    """
    target = str(context.get_context("device_target"))
    if target not in MACHINES:
        from xdsl.dialects.builtin import UnknownLoc

        reject(
            UnknownLoc(),
            f"there is no backend for device_target '{target}'",
            "set_context(device_target='CPU')",
        )
    return driver_of(target)


def driver_of(target: str) -> Driver:
    """Return the driver of a machine that there is a backend for.

    Raises CompileError for one that isn't here.
    """
    with loading():
        return machine_named(target).driver(_run_passes)


def _run_passes(module: ModuleOp, steps: Sequence[Step]) -> None:
    from .pipeline import run_passes

    run_passes(module, steps)
