"""The target that runs a module on this processor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any, TypeVar

import numpy as np
import numpy.typing as npt
from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import DiagnosticException, PassFailedException
from xdsl.utils.target import Target

from ...dialects.dtypes import TensorSpec, integer_limits
from ...dialects.source import CompileError
from ...runtime.arrays import numpy_dtype
from .driver import CpuDriver, signature_of

Array = npt.NDArray[Any]
Result = TypeVar("Result")


@dataclass(frozen=True)
class CpuTarget(Target):
    """Compiles the first function of a module in buffer form, runs it, prints the results.

    `inputs` is a file that `numpy.savez` wrote, with the arrays in order; without it the numbers
    are drawn from -4 to 4, each run the same for one `seed`.
    """

    name = "cpu"

    inputs: str | None = None
    seed: int = 0

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write one line for each result: its dtype and shape, then its elements."""
        entry = _first_function(module)
        signature = signature_of(module, entry)
        executable = CpuDriver().compile(module, entry)
        arrays = self.arrays(signature.inputs)
        for result in ran(lambda: executable(arrays)):
            output.write(shown(result))

    def arrays(self, specs: Sequence[TensorSpec]) -> list[Array]:
        """Return what the function is called with."""
        if self.inputs is None:
            return _random(specs, self.seed)
        with np.load(self.inputs) as file:
            return [file[name] for name in file.files]


def ran(program: Callable[[], Result]) -> Result:
    """Return what a program returns; raise PassFailedException for what it raises."""
    try:
        return program()
    except (CompileError, DiagnosticException):
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}" if error.args else type(error).__name__
        raise PassFailedException(f"error: the program raised {text}") from None


def shown(result: Array) -> str:
    """Return the line that is printed for a result."""
    shape = "x".join(map(str, result.shape)) or "scalar"
    return f"{result.dtype.name} {shape}: {result.tolist()}\n"


def _first_function(module: ModuleOp) -> str:
    for op in module.body.block.ops:
        if isinstance(op, func.FuncOp):
            return op.sym_name.data
    raise PassFailedException("error: the module has no function to run")


def _random(specs: Sequence[TensorSpec], seed: int) -> list[Array]:
    """Return numbers that every dtype of the specs has."""
    generator = np.random.Generator(np.random.PCG64(seed))
    arrays: list[Array] = []
    for shape, dtype in specs:
        if dtype.is_floating:
            numbers = generator.uniform(-4, 4, shape)
        else:
            least, greatest = integer_limits(dtype)
            numbers = generator.integers(max(least, -4), min(greatest, 4), shape, endpoint=True)
        arrays.append(np.asarray(numbers).astype(numpy_dtype(dtype)))
    return arrays
