"""The same kernels in smaller tiles, for what needs more memory than the chip has."""

from __future__ import annotations

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from .kernel_groups import group_ops
from .kernel_kinds import Kind
from .launches import kernel_name
from .lower_products_to_tiles import tiled_kernel
from .tiled_vectors import tiled_vectors


@dataclass(frozen=True)
class LowerKernelsToSmallerTilesPass(ModulePass):
    """Replace each function that a launch falls back to by its kernel in smaller tiles.

    `shrink` is 1 for the first that is smaller than what the other passes make, then 2 and so on.
    A function of which there is no kernel that small stays. How many programs run is an attribute
    of the kernel's module, `foldaway.grid`.
    """

    name = "lower-kernels-to-smaller-tiles"

    shrink: int = 1

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the module in place."""
        block = op.body.block
        for function in list(block.ops):
            if isinstance(function, func.FuncOp) and not function.is_declaration:
                kernel = _smaller(function, self.shrink)
                if kernel is not None:
                    block.insert_op_before(kernel, function)
                    function.detach()
                    function.erase()


def _smaller(function: func.FuncOp, shrink: int) -> ModuleOp | None:
    kinds = {group.kind for group in group_ops(function.body.block).groups}
    name = kernel_name(function)
    if Kind.PRODUCT in kinds:
        return tiled_kernel(function, name, shrink)
    return tiled_vectors(function, name, shrink - 1)
