"""What the vendor's compiler is given: a kernel's module as text."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.printer import Printer

from ...dialects.hacc import TargetAttr


def kernels_of(module: ModuleOp) -> Iterator[ModuleOp]:
    """Yield the kernels that stand in a module beside its host."""
    for op in module.body.block.ops:
        if isinstance(op, ModuleOp) and op.sym_name is not None:
            yield op


def kernel_text(kernel: ModuleOp, chip: str | None = None, *, locations: bool = False) -> str:
    """Return a kernel as AscendNPU IR, the user's lines behind its ops if asked for."""
    alone = ModuleOp([op.clone() for op in kernel.body.block.ops])
    if chip is not None:
        alone.attributes["hacc.target"] = TargetAttr(StringAttr(chip))
    output = StringIO()
    Printer(output, print_debuginfo=locations).print_op(alone)
    return output.getvalue() + "\n"
