"""From the final HIVM to a kernel that the simulator runs; what is decoded is kept on disk."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from ...runtime.disk_cache import DiskCache
from ...runtime.sha256 import sha256
from ...runtime.version import VERSION
from .hivm_decode import Function, decode
from .hivm_errors import SimulationError
from .hivm_kernel import Kernel, restored, stored
from .hivm_text import PRINT_OPTIONS, memory_sizes, read
from .toolchain import FinalKernel, KernelRefused, Toolchain

_DECODED: Final = DiskCache(".hivmpy")


def simulated(final: FinalKernel, toolchain: Toolchain) -> Kernel:
    """Return a compiled kernel as the simulator runs it.

    Raises UnknownOperation or UnknownFunction for what the simulator doesn't know.
    """
    if toolchain.chip.is_newer:
        raise SimulationError(f"there is no simulator of {toolchain.chip.name}")
    functions, sizes = decoded(final.hivm, toolchain)
    return Kernel(final.source.name, functions, sizes, final.hivm)


def decoded(hivm: str, toolchain: Toolchain) -> tuple[list[Function], dict[str, int]]:
    """Return the functions of a final HIVM as Python, and the bytes of the chip's memories."""
    key = sha256(repr(("decoded", hivm, _decoder(), VERSION)).encode()).hex()
    kept = _DECODED.find(key)
    if kept is not None:
        return restored(kept)
    done = toolchain.optimise(hivm, *PRINT_OPTIONS)
    if done.status != 0:
        raise KernelRefused(f"bishengir-opt {done.ending} on the final HIVM: {done.errors[:500]}")
    functions, sizes = decode(read(done.output)), memory_sizes(hivm)
    _DECODED.keep(key, stored(functions, sizes))
    return functions, sizes


@cache
def _decoder() -> str:
    """Return what tells versions of the decoder apart."""
    files = ("hivm_decode.py", "hivm_scalars.py", "hivm_text.py", "hivm_writer.py")
    return sha256(*((Path(__file__).with_name(name)).read_bytes() for name in files)).hex()
