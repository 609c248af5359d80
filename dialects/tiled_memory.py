"""Ops of MLIR's that move tiles, as LLVM 19 reads them: the vendor's compiler is of that age.

xDSL's own are printed in a newer syntax, or refuse layouts that MLIR takes. They are no dialect of
ours, so that text is still read as xDSL's ops.
"""

from __future__ import annotations

from xdsl.dialects.builtin import MemRefType, TensorType, UnitAttr
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import IRDLOperation, irdl_op_definition, operand_def, opt_prop_def, result_def
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException


@irdl_op_definition
class ToTensorOp(IRDLOperation):
    """The elements of a buffer that nothing else touches, as a tensor."""

    name = "bufferization.to_tensor"

    source = operand_def(MemRefType)
    restrict = opt_prop_def(UnitAttr)
    writable = opt_prop_def(UnitAttr)
    result = result_def(TensorType)

    def __init__(self, source: SSAValue, result: Attribute):
        flags = {"restrict": UnitAttr(), "writable": UnitAttr()}
        super().__init__(operands=[source], properties=flags, result_types=[result])

    def print(self, printer: Printer) -> None:
        """Print the buffer and its type alone."""
        printer.print_string(" ")
        printer.print_ssa_value(self.source)
        printer.print_string(" restrict writable : ")
        printer.print_attribute(self.source.type)


@irdl_op_definition
class MaterializeOp(IRDLOperation):
    """Write of a tensor into a buffer of its shape, in any layout."""

    name = "bufferization.materialize_in_destination"

    source = operand_def(TensorType)
    dest = operand_def(MemRefType)
    writable = opt_prop_def(UnitAttr)

    assembly_format = (
        "$source `in` (`writable` $writable^)? $dest attr-dict "
        "`:` `(` type($source) `,` type($dest) `)` `->` `(` `)`"
    )

    def __init__(self, source: SSAValue, dest: SSAValue):
        super().__init__(operands=[source, dest], properties={"writable": UnitAttr()})

    def verify_(self) -> None:
        """Raise VerifyException where shapes differ."""
        source, dest = self.source.type, self.dest.type
        assert isinstance(source, TensorType)
        assert isinstance(dest, MemRefType)
        if source.get_shape() != dest.get_shape():
            raise VerifyException(f"{self.name} writes into a buffer of the same shape")


@irdl_op_definition
class CopyOp(IRDLOperation):
    """Copy of one buffer's elements into another, in any layouts."""

    name = "memref.copy"

    source = operand_def(MemRefType)
    destination = operand_def(MemRefType)

    assembly_format = "$source `,` $destination attr-dict `:` type($source) `to` type($destination)"

    def __init__(self, source: SSAValue, destination: SSAValue):
        super().__init__(operands=[source, destination])
