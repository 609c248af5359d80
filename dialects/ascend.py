"""The `ascend` dialect: how a host calls kernels for Ascend.

Kernels stand beside the host's function, each in a module of its own, which is what the vendor's
compiler is given.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import I64, IntegerAttr, ModuleOp, SymbolRefAttr, i64
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Dialect, Operation, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.traits import SymbolTable, SymbolUserOpInterface
from xdsl.utils.exceptions import VerifyException


class _LaunchedSymbols(SymbolUserOpInterface):
    def verify(self, op: Operation) -> None:
        assert isinstance(op, LaunchOp)
        if not isinstance(SymbolTable.lookup_symbol(op, op.kernel), ModuleOp):
            raise VerifyException(f"there is no kernel '{op.kernel}'")
        if op.fallback is None:
            return
        found = SymbolTable.lookup_symbol(op, op.fallback)
        if not isinstance(found, FuncOp):
            raise VerifyException(f"there is no function '{op.fallback}'")
        type = found.function_type
        given = [value.type for value in op.arguments], [*op.result_types]
        if (list(type.inputs), list(type.outputs)) != given:
            raise VerifyException(f"'{op.fallback}' has the type {type}")


@irdl_op_definition
class LaunchOp(IRDLOperation):
    """Run of a kernel on tensors; the results are new ones.

    The kernel is a module of that name with one function of that name. `grid` programs of it run,
    and each finds out its number; with 0 the vendor's compiler says how the work is shared out.
    `fallback` is a function of tensors that computes the same on the host.
    Parameters have as many elements as the operands, but shapes may differ.

    ```mlir
    %y = ascend.launch @k(%x) grid 6 fallback @f : (tensor<3xf32>) -> tensor<3xf32>
    ```
    """

    name = "ascend.launch"

    arguments = var_operand_def()
    kernel = prop_def(SymbolRefAttr)
    grid = prop_def(IntegerAttr[I64])
    fallback = opt_prop_def(SymbolRefAttr)
    outputs = var_result_def()

    traits = traits_def(_LaunchedSymbols())
    assembly_format = (
        "$kernel `(` $arguments `)` `grid` $grid (`fallback` $fallback^)? attr-dict "
        "`:` functional-type($arguments, $outputs)"
    )

    def __init__(
        self,
        kernel: str,
        arguments: Sequence[SSAValue],
        grid: int,
        outputs: Sequence[Attribute],
        fallback: str | None = None,
    ):
        properties: dict[str, Attribute] = {
            "kernel": SymbolRefAttr(kernel),
            "grid": IntegerAttr(grid, i64),
        }
        if fallback is not None:
            properties["fallback"] = SymbolRefAttr(fallback)
        super().__init__(operands=[arguments], result_types=[outputs], properties=properties)

    def verify_(self) -> None:
        """Raise VerifyException for a negative grid."""
        if self.grid.value.data < 0:
            raise VerifyException(f"{self.name} runs at least one program")


Ascend = Dialect("ascend", [LaunchOp], [])
