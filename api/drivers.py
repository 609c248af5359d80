"""Which machine compiled functions run on."""

from __future__ import annotations

from functools import cache

from foldaway.dialects.source import reject
from foldaway.runtime.collector import loading
from foldaway.runtime.driver import Driver

from . import context


def current_driver() -> Driver:
    """Return the driver of the context's `device_target`.

    Raises CompileError for a machine that there is no backend for.
    """
    target = str(context.get_context("device_target"))
    if target != "CPU":
        from xdsl.dialects.builtin import UnknownLoc

        reject(
            UnknownLoc(),
            f"there is no backend for device_target '{target}'",
            "set_context(device_target='CPU')",
        )
    return _cpu()


@cache
def _cpu() -> Driver:
    with loading():
        from foldaway.backends.cpu.driver import CpuDriver

    return CpuDriver()
