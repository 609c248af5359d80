"""What a machine must be able to do: compile a lowered module, and run what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from ..dialects.dtypes import TensorSpec
from .arrays import Array

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp


class Signature(NamedTuple):
    """The types of a graph function, which say more than its lowered form: signedness."""

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


class Executable(Protocol):
    """Compiled code of one function. Any number of threads may call it at once."""

    def __call__(self, inputs: Sequence[Array], /) -> list[np.ndarray[Any, Any]]:
        """Return new arrays in row-major order; none shares memory with an input or another.

        Raises `TypeError` for inputs of other shapes or dtypes than were compiled,
        `MemoryError`, and what the compiled function itself raises.
        """
        ...


class Step(NamedTuple):
    """A pass, as `foldaway-opt` names it, and its options as Python names them."""

    name: str
    options: Mapping[str, object] = {}


class Driver(Protocol):
    """One kind of machine."""

    name: str
    """As in `device_target`, in lower case: `cpu`."""

    def steps(self) -> Sequence[Step]:
        """Return the passes from linalg in tensor form to this machine's lowered form."""
        ...

    def compile(
        self, module: ModuleOp, entry: str, signature: Signature | None = None
    ) -> Executable:
        """Return the code of the function `entry` of a module in this machine's lowered form.

        Without a signature the outputs are the arguments that the function writes, and integers
        are signed.
        """
        ...
