"""The target that prints LLVM IR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.target import Target

from .cpu.emit_llvm import emit_llvm
from .llvm_ir.instructions import Instructions


@dataclass(frozen=True)
class LlvmTarget(Target):
    """Prints a module in buffer form as LLVM IR, for any 64-bit machine, or one with more."""

    name = "llvm"

    half: bool = False
    """Whether it converts between float16 and float32."""
    fma: bool = False
    """Whether it multiplies and adds with one rounding."""
    vector_bytes: int = 0
    """What the vectors hold that loops are written on; 0 leaves them to LLVM."""

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write LLVM IR text; raise PassFailedException for an op that must be lowered before."""
        output.write(emit_llvm(module, Instructions(self.half, self.fma, self.vector_bytes)))
