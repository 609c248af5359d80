"""The target that prints PTX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import PassFailedException
from xdsl.utils.target import Target

from ...dialects import simt
from .emit_kernels import emit_kernels
from .ptx import NoPtx, to_ptx


@dataclass(frozen=True)
class PtxTarget(Target):
    """Prints the kernels of a module in simt form as PTX, for an NVIDIA GPU.

    `arch` is the oldest chip that the text is for. Functions of the host are left out.
    """

    name = "ptx"

    arch: str = "sm_80"

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write PTX; raise PassFailedException where there is no kernel, or LLVM has no code."""
        if not any(isinstance(op, simt.KernelOp) for op in module.ops):
            raise PassFailedException("error: there is no kernel; run lower-linalg-to-simt before")
        try:
            output.write(to_ptx(emit_kernels(module).text, self.arch))
        except (NoPtx, ValueError) as error:
            raise PassFailedException(f"error: {error}") from None
