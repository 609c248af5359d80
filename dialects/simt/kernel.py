"""Kernels, their end, and their launch by the host."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    I64,
    DenseArrayBase,
    FlatSymbolRefAttr,
    IntegerAttr,
    StringAttr,
    i64,
)
from xdsl.ir import Operation, Region
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import HasParent, IsolatedFromAbove, IsTerminator, SymbolOpInterface, SymbolTable
from xdsl.utils.exceptions import VerifyException

from .memory import SharedOp

Extents = DenseArrayBase[I64]
THREADS = 1024
"""Most threads of a block."""
SHARED_BYTES = 227 * 1024
"""Most shared memory of a block that any of the machines has."""
STATIC_BYTES = 48 * 1024
"""Most of it that a kernel has without asking at its launch."""
BLOCKS = ((1 << 31) - 1, 65535, 65535)
"""Most blocks of a grid along x, y and z."""


@irdl_op_definition
class KernelOp(IRDLOperation):
    """A function that every thread of every block of a grid runs.

    Its parameters are memrefs, each the address of the first element of the memory whatever the
    layout's offset is, and scalars. `block` and `grid` are extents along x, y and z.
    `shared_bytes` is the memory of a block that is given at the launch, beyond the 48 KiB that
    any block may have: a `simt.shared` with an `offset` lies in it.

    ```mlir
    simt.kernel @zero(%x: memref<256xf32>) block = [256, 1, 1] grid = [1, 1, 1] {
      %i = simt.thread_id x
      %zero = arith.constant 0.000000e+00 : f32
      simt.store %x[%i], %zero : memref<256xf32>, i32, f32
      simt.return
    }
    ```
    """

    name = "simt.kernel"

    sym_name = prop_def(StringAttr)
    block = prop_def(Extents)
    grid = prop_def(Extents)
    shared_bytes = opt_prop_def(IntegerAttr[I64])
    body = region_def("single_block")

    traits = traits_def(IsolatedFromAbove(), SymbolOpInterface())

    def __init__(
        self,
        name: str,
        block: Sequence[int],
        grid: Sequence[int],
        body: Region,
        shared_bytes: int = 0,
    ) -> None:
        super().__init__(
            properties={
                "sym_name": StringAttr(name),
                "block": DenseArrayBase.from_list(i64, block),
                "grid": DenseArrayBase.from_list(i64, grid),
                "shared_bytes": IntegerAttr(shared_bytes, i64) if shared_bytes else None,
            },
            regions=[body],
        )

    @property
    def threads(self) -> int:
        """How many threads a block has."""
        x, y, z = self.block.get_values()
        return x * y * z

    @classmethod
    def parse(cls, parser: Parser) -> KernelOp:
        """Parse `@name(%a: type, …) block = […] grid = […] {…}`."""
        name = parser.parse_symbol_name().data
        arguments = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_argument)
        extents: list[Sequence[int]] = []
        for word in ("block", "grid"):
            parser.parse_keyword(word)
            parser.parse_punctuation("=")
            extents.append(
                parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_integer)
            )
        shared = 0
        if parser.parse_optional_keyword("shared_bytes") is not None:
            parser.parse_punctuation("=")
            shared = parser.parse_integer()
        attributes = parser.parse_optional_attr_dict_with_keyword()
        op = cls(name, extents[0], extents[1], parser.parse_region(arguments), shared)
        if attributes is not None:
            op.attributes.update(attributes.data)
        return op

    def print(self, printer: Printer) -> None:
        """Print the kernel as `parse` takes it."""
        printer.print_string(" ")
        printer.print_symbol_name(self.sym_name.data)
        with printer.in_parens():
            printer.print_list(self.body.block.args, printer.print_block_argument)
        for word, extents in (("block", self.block), ("grid", self.grid)):
            numbers = ", ".join(map(str, extents.get_values()))
            printer.print_string(f" {word} = [{numbers}]")
        if self.shared_bytes is not None:
            printer.print_string(f" shared_bytes = {self.shared_bytes.value.data}")
        printer.print_op_attributes(self.attributes, print_keyword=True)
        printer.print_string(" ")
        printer.print_region(self.body, print_entry_block_args=False)

    def verify_(self) -> None:
        """Raise VerifyException for extents that no machine has, and a body that doesn't return."""
        for extents in (self.block.get_values(), self.grid.get_values()):
            if len(extents) != 3 or min(extents) < 1:
                raise VerifyException("simt.kernel needs three extents of 1 or more")
        for axis, extent, most in zip("xyz", self.grid.get_values(), BLOCKS, strict=True):
            if extent > most:
                raise VerifyException(f"a grid has {most} blocks along {axis} at most")
        if self.threads > THREADS:
            raise VerifyException(f"a block has {THREADS} threads at most, not {self.threads}")
        if self.shared_bytes is not None and self.shared_bytes.value.data > SHARED_BYTES:
            raise VerifyException(f"a block has {SHARED_BYTES} bytes of shared memory at most")
        ops = (op for op in self.walk() if isinstance(op, SharedOp) and op.offset is None)
        if sum(op.bytes for op in ops) > STATIC_BYTES:
            raise VerifyException(f"more than {STATIC_BYTES} bytes need shared_bytes and an offset")
        if not isinstance(self.body.block.last_op, ReturnOp):
            raise VerifyException("the body of simt.kernel must end in simt.return")


@irdl_op_definition
class ReturnOp(IRDLOperation):
    """Ends a kernel.

    ```mlir
    simt.return
    ```
    """

    name = "simt.return"

    traits = traits_def(IsTerminator(), HasParent(KernelOp))
    assembly_format = "attr-dict"


@irdl_op_definition
class LaunchOp(IRDLOperation):
    """Runs a kernel after all launches before it, with these memrefs and scalars.

    ```mlir
    simt.launch @zero(%x) : memref<256xf32>
    ```
    """

    name = "simt.launch"

    kernel = prop_def(FlatSymbolRefAttr)
    arguments = var_operand_def()

    assembly_format = "$kernel `(` $arguments `)` (`:` type($arguments)^)? attr-dict"

    def verify_(self) -> None:
        """Raise VerifyException unless the kernel exists and takes arguments of these types."""
        kernel = kernel_of(self)
        taken = tuple(argument.type for argument in kernel.body.block.args)
        if taken != tuple(argument.type for argument in self.arguments):
            raise VerifyException(f"@{kernel.sym_name.data} takes arguments of other types")


def kernel_of(launch: LaunchOp) -> KernelOp:
    """Return the kernel that a launch runs; raise VerifyException if there is none."""
    found: Operation | None = SymbolTable.lookup_symbol(launch, launch.kernel)
    if not isinstance(found, KernelOp):
        raise VerifyException(f"there is no kernel @{launch.kernel.root_reference.data}")
    return found
