"""Ops that do something in the world; they keep their order and are never removed."""

from __future__ import annotations

from xdsl.dialects.builtin import AnyTensorTypeConstr, ArrayAttr, StringAttr
from xdsl.irdl import IRDLOperation, irdl_op_definition, prop_def, var_operand_def
from xdsl.utils.exceptions import VerifyException

STYLES = ("elements", "str")
STREAMS = ("stdout", "stderr")


@irdl_op_definition
class PrintOp(IRDLOperation):
    """Prints the texts with a tensor between each two of them, when the operands are known.

    Separators and line ends are part of the texts.
    `style` is `elements` (a tensor prints as the nested tuple of its elements) or `str`.

    ```mlir
    graph.print "stdout" "elements" ["x: ", "\\0A"] %x : tensor<3xf32>
    ```
    """

    name = "graph.print"

    stream = prop_def(StringAttr)
    style = prop_def(StringAttr)
    texts = prop_def(ArrayAttr[StringAttr])
    values = var_operand_def(AnyTensorTypeConstr)

    assembly_format = "$stream $style $texts ($values^ `:` type($values))? attr-dict"

    def verify_(self) -> None:
        """Raise VerifyException unless there is one text more than operands."""
        if len(self.texts.data) != len(self.values) + 1:
            raise VerifyException("graph.print needs one text more than operands")
        if self.style.data not in STYLES:
            raise VerifyException(f"graph.print has no style {self.style.data!r}")
        if self.stream.data not in STREAMS:
            raise VerifyException(f"graph.print has no stream {self.stream.data!r}")
