"""Elementwise ops on one tensor; the result has the operand's type."""

from __future__ import annotations

from xdsl.irdl import irdl_op_definition

from .elementwise import UnaryOp


@irdl_op_definition
class NegOp(UnaryOp):
    """Negation; integers wrap.

    ```mlir
    %y = graph.neg %x : tensor<3xf32>
    ```
    """

    name = "graph.neg"


@irdl_op_definition
class AbsOp(UnaryOp):
    """Absolute value; the least integer stays itself.

    ```mlir
    %y = graph.abs %x : tensor<3xf32>
    ```
    """

    name = "graph.abs"


@irdl_op_definition
class SignOp(UnaryOp):
    """-1, 0 or 1; nan stays nan.

    ```mlir
    %y = graph.sign %x : tensor<3xf32>
    ```
    """

    name = "graph.sign"


@irdl_op_definition
class ExpOp(UnaryOp):
    """e raised to each element.

    ```mlir
    %y = graph.exp %x : tensor<3xf32>
    ```
    """

    name = "graph.exp"


@irdl_op_definition
class LogOp(UnaryOp):
    """Natural logarithm; -inf at 0, nan below.

    ```mlir
    %y = graph.log %x : tensor<3xf32>
    ```
    """

    name = "graph.log"


@irdl_op_definition
class SqrtOp(UnaryOp):
    """Square root, correctly rounded; nan below 0.

    ```mlir
    %y = graph.sqrt %x : tensor<3xf32>
    ```
    """

    name = "graph.sqrt"


@irdl_op_definition
class RsqrtOp(UnaryOp):
    """Reciprocal of the square root.

    ```mlir
    %y = graph.rsqrt %x : tensor<3xf32>
    ```
    """

    name = "graph.rsqrt"


@irdl_op_definition
class TanhOp(UnaryOp):
    """Hyperbolic tangent.

    ```mlir
    %y = graph.tanh %x : tensor<3xf32>
    ```
    """

    name = "graph.tanh"


@irdl_op_definition
class ErfOp(UnaryOp):
    """Gauss's error function.

    ```mlir
    %y = graph.erf %x : tensor<3xf32>
    ```
    """

    name = "graph.erf"


@irdl_op_definition
class SinOp(UnaryOp):
    """Sine of an angle in radians.

    ```mlir
    %y = graph.sin %x : tensor<3xf32>
    ```
    """

    name = "graph.sin"


@irdl_op_definition
class CosOp(UnaryOp):
    """Cosine of an angle in radians.

    ```mlir
    %y = graph.cos %x : tensor<3xf32>
    ```
    """

    name = "graph.cos"


@irdl_op_definition
class FloorOp(UnaryOp):
    """Greatest whole number not above each element.

    ```mlir
    %y = graph.floor %x : tensor<3xf32>
    ```
    """

    name = "graph.floor"


@irdl_op_definition
class CeilOp(UnaryOp):
    """Least whole number not below each element.

    ```mlir
    %y = graph.ceil %x : tensor<3xf32>
    ```
    """

    name = "graph.ceil"


@irdl_op_definition
class TruncOp(UnaryOp):
    """Each element without its fraction.

    ```mlir
    %y = graph.trunc %x : tensor<3xf32>
    ```
    """

    name = "graph.trunc"


@irdl_op_definition
class RoundOp(UnaryOp):
    """Nearest whole number; halves go to the even one.

    ```mlir
    %y = graph.round %x : tensor<3xf32>
    ```
    """

    name = "graph.round"


@irdl_op_definition
class NotOp(UnaryOp):
    """Logical not of bools, bitwise not of integers.

    ```mlir
    %y = graph.not %x : tensor<3xi1>
    ```
    """

    name = "graph.not"
