"""Elementwise ops on two tensors of one type, which the result has, too."""

from __future__ import annotations

from xdsl.irdl import irdl_op_definition

from .elementwise import BinaryOp


@irdl_op_definition
class AddOp(BinaryOp):
    """Sum; integers wrap, bools are or-ed.

    ```mlir
    %z = graph.add %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.add"


@irdl_op_definition
class SubOp(BinaryOp):
    """Difference; integers wrap.

    ```mlir
    %z = graph.sub %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.sub"


@irdl_op_definition
class MulOp(BinaryOp):
    """Product; integers wrap, bools are and-ed.

    ```mlir
    %z = graph.mul %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.mul"


@irdl_op_definition
class DivOp(BinaryOp):
    """Quotient of floating point numbers, correctly rounded.

    ```mlir
    %z = graph.div %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.div"


@irdl_op_definition
class FloorDivOp(BinaryOp):
    """Quotient rounded down; an integer divided by 0 gives 0.

    ```mlir
    %z = graph.floordiv %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.floordiv"


@irdl_op_definition
class ModOp(BinaryOp):
    """Remainder with the divisor's sign; an integer modulo 0 gives 0.

    ```mlir
    %z = graph.mod %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.mod"


@irdl_op_definition
class PowOp(BinaryOp):
    """Power; an integer to a negative integer power is truncated to an integer.

    ```mlir
    %z = graph.pow %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.pow"


@irdl_op_definition
class MaximumOp(BinaryOp):
    """The greater of two elements; nan if one is nan.

    ```mlir
    %z = graph.maximum %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.maximum"


@irdl_op_definition
class MinimumOp(BinaryOp):
    """The lesser of two elements; nan if one is nan.

    ```mlir
    %z = graph.minimum %x, %y : tensor<3xf32>
    ```
    """

    name = "graph.minimum"


@irdl_op_definition
class AndOp(BinaryOp):
    """Logical and of bools, bitwise and of integers.

    ```mlir
    %z = graph.and %x, %y : tensor<3xi32>
    ```
    """

    name = "graph.and"


@irdl_op_definition
class OrOp(BinaryOp):
    """Logical or of bools, bitwise or of integers.

    ```mlir
    %z = graph.or %x, %y : tensor<3xi32>
    ```
    """

    name = "graph.or"


@irdl_op_definition
class XorOp(BinaryOp):
    """Exclusive or of bools or of integers' bits.

    ```mlir
    %z = graph.xor %x, %y : tensor<3xi32>
    ```
    """

    name = "graph.xor"
