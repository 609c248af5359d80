"""What a machine must offer: it compiles lowered functions and runs them on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from xdsl.dialects.builtin import ModuleOp


class Executable(Protocol):
    """A compiled function of arrays."""

    def __call__(self, inputs: Sequence[np.ndarray[Any, Any]], /) -> list[np.ndarray[Any, Any]]:
        """Return new arrays that share no memory with the inputs.

        The inputs have exactly the dtypes and shapes that the function was compiled for.
        """
        ...


class Driver(Protocol):
    """One machine."""

    name: str
    """What error messages call it."""

    def compile(self, module: ModuleOp, entry: str) -> Executable:
        """Return the compiled form of the function `entry` of a module in buffer form."""
        ...
