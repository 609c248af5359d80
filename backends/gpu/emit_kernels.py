"""The kernels of a module → LLVM IR text, for NVPTX or for the simulator."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import PassFailedException

from ...dialects import simt
from ...dialects.source import describe
from ..llvm_ir.definitions import declared, definition, needs
from ..llvm_ir.instructions import Instructions
from .builtins import NVPTX
from .kernel_body import KernelBody
from .kernel_text import KernelEntry, KernelText

DEVICE = Instructions(half=True, fma=True, bfloat=True)
"""What every GPU does by an instruction."""
_PLAIN = Instructions(fma=True)
_HEADS = {
    NVPTX: 'target triple = "nvptx64-nvidia-cuda"\n'
    'target datalayout = "e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64"\n'
    "@foldaway_dynamic_shared = external addrspace(3) global [0 x i8], align 16\n",
}
_ENDS = {NVPTX: "!0 = !{}\n"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INTRINSICS = (
    *("abs", "smax", "smin", "umax", "umin", "ctpop", "ctlz", "cttz"),
    *("sqrt", "floor", "ceil", "trunc", "roundeven", "round", "rint", "fabs", "copysign", "fma"),
    *("maximum", "minimum", "maxnum", "minnum", "fshl", "fshr", "bitreverse", "bswap"),
)
"""Functions of LLVM that its code generator for this machine knows; others end the process."""


def emit_kernels(
    module: ModuleOp, target: str = NVPTX, instructions: Instructions | None = None
) -> KernelText:
    """Return the kernels of a module in simt form as LLVM IR for `nvptx` or `sim`.

    Raises PassFailedException for an op that no kernel may have, or that has no device code.
    """
    known = instructions or (DEVICE if target == NVPTX else _PLAIN)
    functions: list[str] = []
    entries: list[KernelEntry] = []
    definitions: dict[str, str] = {}
    declarations: dict[str, None] = {}
    for kernel in module.body.block.ops:
        if not isinstance(kernel, simt.KernelOp):
            continue
        if not _NAME.fullmatch(kernel.sym_name.data):
            _refuse(kernel, f"a kernel can't have the name {kernel.sym_name.data!r}")
        body = KernelBody(kernel, target, known)
        body.write()
        functions.append(body.function())
        entries.append(body.entry())
        needed = dict(body.scalar_text.declarations)
        for name in body.scalar_text.definitions:
            needed |= _define(name, definitions)
        _check(kernel, [line for line in needed if line not in declarations])
        declarations |= needed
    lines = "".join(f"{line}\n" for line in declarations)
    parts = [_HEADS.get(target, ""), *functions, *definitions.values(), lines]
    parts += ["attributes #0 = { nounwind }\n", _ENDS.get(target, "")]
    return KernelText("\n".join(parts), target, tuple(entries))


def _check(kernel: simt.KernelOp, declarations: Sequence[str]) -> None:
    """Raise PassFailedException for a function that neither LLVM nor the hardware has."""
    for line in declarations:
        found = re.search(r"^declare .*@([\w.]+)\(", line)
        name = found[1] if found else ""
        plain = name.removeprefix("llvm.").partition(".")[0]
        if not found or name.startswith(("llvm.nvvm.", "foldaway_sim_")):
            continue
        if not name.startswith("llvm.") or plain not in _INTRINSICS:
            _refuse(kernel, f"there is no device code for {name}")


def _refuse(kernel: simt.KernelOp, problem: str) -> None:
    raise PassFailedException(f"{describe(kernel.location)}error: {problem}")


def _define(name: str, defined: dict[str, str]) -> dict[str, None]:
    """Add a definition and those that it calls; return the new ones' declarations."""
    if name in defined:
        return {}
    lines = dict.fromkeys(declared(name))
    for needed in needs(name):
        lines |= _define(needed, defined)
    defined[name] = definition(name)
    return lines
