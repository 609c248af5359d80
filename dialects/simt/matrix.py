"""Products of small matrices whose elements are spread over the registers of a warp.

Which lane holds which elements is said in the PTX ISA, sections `ldmatrix` and `mma`.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import MemRefType, StringAttr, UnitAttr, f32, i32
from xdsl.ir import SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    var_operand_def,
    var_result_def,
)
from xdsl.utils.exceptions import VerifyException

from .memory import Index

MATRICES = (1, 2, 4)
MULTIPLICATIONS: dict[tuple[str, str], tuple[int, int]] = {
    ("m16n8k16", "f16"): (4, 2),
    ("m16n8k16", "bf16"): (4, 2),
    ("m16n8k8", "tf32"): (4, 2),
}
"""Shape and elements of a product to the registers that a lane has of the two factors."""
SUMS = 4


@irdl_op_definition
class MatrixLoadOp(IRDLOperation):
    """Reads 1, 2 or 4 matrices of 8 by 8 elements of 16 bits from shared memory, as a warp.

    Lane `n` brings the index at which row `n` begins, rows being counted through all matrices;
    each is 16 bytes at a multiple of 16. A lane gets two elements of each matrix as an i32; those
    of the transposed matrix with `transposed`.

    ```mlir
    %a, %b = simt.matrix_load %s[%i] transposed : memref<4096xf16>, i32 -> i32, i32
    ```
    """

    name = "simt.matrix_load"

    memory = operand_def(MemRefType)
    index = operand_def(Index)
    transposed = opt_prop_def(UnitAttr)
    values = var_result_def(i32)

    assembly_format = (
        "$memory `[` $index `]` (`transposed` $transposed^)? attr-dict"
        " `:` type($memory) `,` type($index) `->` type($values)"
    )

    def __init__(
        self, memory: SSAValue, index: SSAValue, matrices: int, transposed: bool = False
    ) -> None:
        super().__init__(
            operands=[memory, index],
            properties={"transposed": UnitAttr() if transposed else None},
            result_types=[[i32] * matrices],
        )

    def verify_(self) -> None:
        """Raise VerifyException for a number of matrices that can't be read at once."""
        if len(self.values) not in MATRICES:
            raise VerifyException("simt.matrix_load reads 1, 2 or 4 matrices")


@irdl_op_definition
class MmaOp(IRDLOperation):
    """A product of two small matrices added to a third in f32, by a whole warp.

    Each i32 holds two elements of 16 bits, or one of `tf32`.

    ```mlir
    %d0, %d1, %d2, %d3 = simt.mma "m16n8k16" "bf16" (%a0, %a1, %a2, %a3) (%b0, %b1)
        (%c0, %c1, %c2, %c3) : f32, f32, f32, f32
    ```
    """

    name = "simt.mma"

    shape = prop_def(StringAttr)
    element = prop_def(StringAttr)
    lhs = var_operand_def(i32)
    rhs = var_operand_def(i32)
    init = var_operand_def(f32)
    values = var_result_def(f32)

    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    assembly_format = (
        "$shape $element `(` $lhs `)` `(` $rhs `)` `(` $init `)` attr-dict `:` type($values)"
    )

    def __init__(
        self,
        shape: str,
        element: str,
        lhs: Sequence[SSAValue],
        rhs: Sequence[SSAValue],
        init: Sequence[SSAValue],
    ) -> None:
        super().__init__(
            properties={"shape": StringAttr(shape), "element": StringAttr(element)},
            operands=[lhs, rhs, init],
            result_types=[[f32] * SUMS],
        )

    def verify_(self) -> None:
        """Raise VerifyException for a product that no machine has, or other registers."""
        kind = self.shape.data, self.element.data
        if kind not in MULTIPLICATIONS:
            raise VerifyException(f"simt.mma has no product {kind[0]} of {kind[1]}")
        expected = (*MULTIPLICATIONS[kind], SUMS, SUMS)
        found = len(self.lhs), len(self.rhs), len(self.init), len(self.values)
        if found != expected:
            raise VerifyException(f"simt.mma {kind[0]} takes registers {expected}, not {found}")
