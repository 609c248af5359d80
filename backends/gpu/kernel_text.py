"""The LLVM IR of a module's kernels, and what a launch of each has to say."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class KernelEntry:
    """A kernel that can be launched."""

    name: str
    parameters: tuple[str, ...]
    """LLVM's types of the parameters; an address is `ptr`."""
    block: tuple[int, int, int]
    grid: tuple[int, int, int]
    static_bytes: int
    """Shared memory of a block that needs not be asked for."""
    dynamic_bytes: int
    """Shared memory of a block that a launch asks for."""
    collective: bool
    """Whether threads wait for each other, or exchange registers."""

    @property
    def threads(self) -> int:
        """How many threads a block has."""
        return prod(self.block)

    @property
    def shared_bytes(self) -> int:
        """All shared memory of a block; what a launch asks for stands behind the other."""
        return self.static_bytes + self.dynamic_bytes


@dataclass(frozen=True)
class KernelText:
    """The kernels of a module as LLVM IR for a target, `nvptx` or `sim`.

    For `sim` each is `void @name(ptr %parameters)`, which takes an array of the addresses of its
    parameters, as CUDA's launches do.
    """

    text: str
    target: str
    kernels: tuple[KernelEntry, ...]

    def entry(self, name: str) -> KernelEntry:
        """Return a kernel by its name; raise KeyError if there is none."""
        for kernel in self.kernels:
            if kernel.name == name:
                return kernel
        raise KeyError(name)
