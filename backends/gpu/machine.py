"""The GPU among the machines."""

from __future__ import annotations

import os
from functools import cache

from ...runtime.driver import Driver, Step
from ...runtime.machine import Machine, OptTarget, RunPasses

STEPS = (
    Step("fuse-elementwise-to-generic"),
    Step("place-buffers"),
    # A launch less is worth it for any size.
    Step("schedule-epilogues", {"least_bytes": 0}),
    Step("schedule-simt"),
    Step("lower-linalg-to-simt"),
)
"""Linalg in tensor form to kernels and the functions that launch them."""


def _written(step: Step) -> str:
    """Return a pass in the syntax of `foldaway-opt -p`."""
    options = [f"{name.replace('_', '-')}={value}" for name, value in step.options.items()]
    return f"{step.name}{{{' '.join(options)}}}" if options else step.name


SIMT = ",".join(map(_written, STEPS))
"""The same as text."""

_VARIABLE, _SIMULATED, _INTERPRETED = "FOLDAWAY_GPU", "sim", "ptx"


def _driver(run_passes: RunPasses) -> Driver:
    """Return the driver of the GPU that the environment names, the first one if none.

    Raises CompileError where it isn't there.
    """
    return _driver_of(os.environ.get(_VARIABLE, "0"))


@cache
def _driver_of(device: str) -> Driver:
    from xdsl.dialects.builtin import UnknownLoc

    from ...dialects.source import reject
    from .driver import GpuDriver

    if device in (_SIMULATED, _INTERPRETED):
        import logging

        logging.getLogger("foldaway.gpu").warning(
            "%s=%s: the GPU is simulated on the CPU, for tests", _VARIABLE, device
        )
    if device == _SIMULATED:
        from .simulator import Simulator

        return GpuDriver(Simulator())
    if device == _INTERPRETED:
        from .ptx_device import PtxDevice

        return GpuDriver(PtxDevice())
    from .cuda import cuda_device
    from .cuda_library import GpuError, NoGpu

    if not device.isdecimal():
        reject(UnknownLoc(), f"FOLDAWAY_GPU is '{device}'", "make it a number, or 'sim'")
    try:
        return GpuDriver(cuda_device(int(device)))
    except NoGpu as error:
        reject(
            UnknownLoc(),
            f"there is no GPU for device_target 'GPU': {error}",
            "set_context(device_target='CPU'), or FOLDAWAY_GPU=sim in the environment: one is "
            "simulated then",
        )
    except GpuError as error:
        reject(
            UnknownLoc(),
            f"the GPU can't be used: {error}",
            "see whether nvidia-smi works; set_context(device_target='CPU') does without",
        )


MACHINE = Machine(
    "GPU", _driver, {"ptx": OptTarget(("foldaway.backends.gpu.target", "PtxTarget"), SIMT)}
)
