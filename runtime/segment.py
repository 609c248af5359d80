"""A compiled part of a function, as the host program calls it."""

from __future__ import annotations

from dataclasses import dataclass

from .dispatch import from_array
from .driver import Executable
from .tensor import Tensor
from .tracing import tracing


@dataclass(frozen=True)
class Segment:
    """Takes and gives tensors: one for each argument and each result of its graph function."""

    executable: Executable
    results: int

    def __call__(self, *tensors: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Run the compiled code; a lone result is not in a tuple."""
        with tracing(None):
            outputs = self.executable([tensor.array("a compiled function") for tensor in tensors])
            made = [from_array(output) for output in outputs]
        return made[0] if self.results == 1 else tuple(made)
