"""The GPU beside other libraries that use it: streams and waiting."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, cast

from .machines import machine_named


def stream(handle: int) -> AbstractContextManager[None]:
    """Let what is computed inside go into a stream of CUDA's, such as another library's current.

    `handle` is its `CUstream` as a number; 0 is the default stream, in which all goes without this.
    What one stream computes and another reads is waited for.
    """
    from foldaway.backends.gpu.cuda import working_in

    return working_in(handle)


def synchronize() -> None:
    """Wait until all is computed.

    Raises what went wrong on the device, CompileError without one.
    """
    cast(Any, machine_named("GPU").driver()).device.synchronize()
