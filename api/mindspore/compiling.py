"""`mindspore.common.api`: the decorators, and the executors that MindSpore's programs name."""

from __future__ import annotations

from typing import Any

from foldaway.compile_cell import compiled_form
from foldaway.nn_cell import Cell

from .decorators import jit, jit_class, ms_function
from .language import set_recursion_limit


class CellGraphExecutor:
    """Compiles Cells without running them."""

    def compile(
        self, obj: Cell, *args: Any, phase: str = "predict", **options: Any
    ) -> tuple[str, bool]:
        """Compile a Cell's `construct` for such arguments; return the phase, and whether it is.

        What LAX leaves to Python isn't. `phase` and the options are MindSpore's and change nothing.
        Raises CompileError for what STRICT refuses, TypeError for what is no Cell.
        """
        config = getattr(obj, "jit_config", None)
        return phase, compiled_form(obj).prepare((obj, *args), config)


class PynativeExecutor:
    """Runs operations one by one."""

    def sync(self) -> None:
        """Return when all operations have run, which they have when they return."""


_cell_graph_executor = CellGraphExecutor()
_pynative_executor = PynativeExecutor()

__all__ = [
    "CellGraphExecutor",
    "PynativeExecutor",
    "_cell_graph_executor",
    "_pynative_executor",
    "jit",
    "jit_class",
    "ms_function",
    "set_recursion_limit",
]
