"""Which thread this is, in which block, of how many."""

from __future__ import annotations

from abc import ABC

from xdsl.dialects.builtin import StringAttr, i32
from xdsl.irdl import IRDLOperation, irdl_op_definition, prop_def, result_def, traits_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

AXES = ("x", "y", "z")


class AxisOp(IRDLOperation, ABC):
    """A number along one of the three axes of a grid or block."""

    axis = prop_def(StringAttr)
    result = result_def(i32)

    traits = traits_def(Pure())

    def __init__(self, axis: str) -> None:
        super().__init__(properties={"axis": StringAttr(axis)}, result_types=[i32])

    @classmethod
    def parse(cls, parser: Parser) -> AxisOp:
        """Parse the axis, a bare word."""
        op = cls(parser.parse_identifier())
        op.attributes.update(parser.parse_optional_attr_dict())
        return op

    def print(self, printer: Printer) -> None:
        """Print the axis."""
        printer.print_string(f" {self.axis.data}")
        printer.print_op_attributes(self.attributes)

    def verify_(self) -> None:
        """Raise VerifyException for an axis that there isn't."""
        if self.axis.data not in AXES:
            raise VerifyException(f"{self.name} has no axis {self.axis.data!r}")


@irdl_op_definition
class BlockIdOp(AxisOp):
    """The number of the block in the grid, along an axis.

    ```mlir
    %b = simt.block_id x
    ```
    """

    name = "simt.block_id"


@irdl_op_definition
class ThreadIdOp(AxisOp):
    """The number of the thread in its block, along an axis.

    ```mlir
    %t = simt.thread_id x
    ```
    """

    name = "simt.thread_id"


@irdl_op_definition
class BlockDimOp(AxisOp):
    """How many threads a block has along an axis.

    ```mlir
    %n = simt.block_dim x
    ```
    """

    name = "simt.block_dim"


@irdl_op_definition
class GridDimOp(AxisOp):
    """How many blocks the grid has along an axis.

    ```mlir
    %n = simt.grid_dim x
    ```
    """

    name = "simt.grid_dim"


@irdl_op_definition
class LaneIdOp(IRDLOperation):
    """The number of the thread in its warp, from 0 to 31.

    ```mlir
    %l = simt.lane_id
    ```
    """

    name = "simt.lane_id"

    result = result_def(i32)

    traits = traits_def(Pure())
    assembly_format = "attr-dict"

    def __init__(self) -> None:
        super().__init__(result_types=[i32])
