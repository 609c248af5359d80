"""How threads wait for each other, and exchange registers."""

from __future__ import annotations

from typing import ClassVar

from xdsl.dialects.builtin import (
    IntegerType,
    StringAttr,
    f32,
    f64,
    i1,
    i32,
    i64,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    AnyAttr,
    IRDLOperation,
    VarConstraint,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
)
from xdsl.utils.exceptions import VerifyException

SHUFFLES = ("xor", "down", "up", "idx")
VOTES = ("any", "all", "ballot")


@irdl_op_definition
class BarrierOp(IRDLOperation):
    """Waits until all threads of the block are here; each then sees what the others wrote.

    ```mlir
    simt.barrier
    ```
    """

    name = "simt.barrier"
    assembly_format = "attr-dict"


@irdl_op_definition
class WarpBarrierOp(IRDLOperation):
    """Waits until all threads of the warp are here; each then sees what the others wrote.

    ```mlir
    simt.warp_barrier
    ```
    """

    name = "simt.warp_barrier"
    assembly_format = "attr-dict"


@irdl_op_definition
class FenceOp(IRDLOperation):
    """Lets the whole device see what this thread wrote before it sees what it writes after.

    ```mlir
    simt.fence
    ```
    """

    name = "simt.fence"
    assembly_format = "attr-dict"


@irdl_op_definition
class ShuffleOp(IRDLOperation):
    """The value that another lane of the warp brings; all 32 must be here.

    The lane is this one's number `xor` the offset, that many further `up` or `down`, or `idx`
    itself. Where that is no lane of the warp it is the own value. `up` takes it from a lower one.

    ```mlir
    %y = simt.shuffle "xor" %x, %offset : f32
    ```
    """

    T: ClassVar = VarConstraint("T", AnyAttr())

    name = "simt.shuffle"

    mode = prop_def(StringAttr)
    value = operand_def(T)
    offset = operand_def(i32)
    result = result_def(T)

    assembly_format = "$mode $value `,` $offset attr-dict `:` type($value)"

    def __init__(self, mode: str, value: SSAValue, offset: SSAValue) -> None:
        super().__init__(
            properties={"mode": StringAttr(mode)},
            operands=[value, offset],
            result_types=[value.type],
        )

    def verify_(self) -> None:
        """Raise VerifyException for a mode that there isn't."""
        if self.mode.data not in SHUFFLES:
            raise VerifyException(f"simt.shuffle has no mode {self.mode.data!r}")
        if self.value.type not in (i32, i64, f32, f64):
            raise VerifyException(f"simt.shuffle takes i32, i64, f32, f64, not {self.value.type}")


@irdl_op_definition
class VoteOp(IRDLOperation):
    """Whether the condition holds in `any` lane or in `all`, or (`ballot`) a bit for each lane.

    All 32 must be here.

    ```mlir
    %some = simt.vote "any" %condition : i1
    %bits = simt.vote "ballot" %condition : i32
    ```
    """

    name = "simt.vote"

    mode = prop_def(StringAttr)
    condition = operand_def(i1)
    result = result_def(IntegerType)

    assembly_format = "$mode $condition attr-dict `:` type($result)"

    def __init__(self, mode: str, condition: SSAValue) -> None:
        type = i32 if mode == "ballot" else i1
        super().__init__(
            properties={"mode": StringAttr(mode)}, operands=[condition], result_types=[type]
        )

    def verify_(self) -> None:
        """Raise VerifyException for a mode that there isn't, and a result of another type."""
        if self.mode.data not in VOTES:
            raise VerifyException(f"simt.vote has no mode {self.mode.data!r}")
        type: Attribute = i32 if self.mode.data == "ballot" else i1
        if self.result.type != type:
            raise VerifyException(f"simt.vote {self.mode.data!r} gives {type}")
