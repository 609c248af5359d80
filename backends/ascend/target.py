"""The target that prints kernels as AscendNPU IR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import PassFailedException
from xdsl.utils.target import Target

from .kernel_text import kernel_text, kernels_of


@dataclass(frozen=True)
class AscendTarget(Target):
    """Prints kernels as AscendNPU IR, a module each, with `// -----` between them.

    What the host does between them is not printed, nor what runs on the CPU.
    `chip` is one that the vendor's compiler knows.
    """

    name = "ascend"

    chip: str = "Ascend910B1"

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write text; raise PassFailedException where nothing was lowered to kernels."""
        for op in module.walk():
            if op.name.startswith("graph."):
                raise PassFailedException(f"'{op.name}' is left: run lower-graph-to-linalg first")
        texts = (kernel_text(kernel, self.chip) for kernel in kernels_of(module))
        output.write("\n// -----\n\n".join(texts))
