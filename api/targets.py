"""Targets of foldaway-opt that only print: Python again, and linalg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.printer import Printer
from xdsl.utils.exceptions import PassFailedException
from xdsl.utils.target import Target


@dataclass(frozen=True)
class PythonTarget(Target):
    """Prints `pyobj` as the Python it says: a file, or the host program after folding."""

    name = "python"

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write Python to `output`; graph ops have no Python form and are rejected."""
        from foldaway.frontend.emit_python import to_text

        output.write(to_text(module).rstrip("\n") + "\n")


@dataclass(frozen=True)
class LinalgTarget(Target):
    """Prints the level where all machines start: linalg on tensors, and no `graph` op left."""

    name = "linalg"

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write IR to `output`, or raise PassFailedException when a graph op is left."""
        for op in module.walk():
            if op.name.startswith("graph."):
                raise PassFailedException(f"'{op.name}' is left: run lower-graph-to-linalg first")
        Printer(output).print_op(module)
        output.write("\n")
