"""Ops that compute each element of their result from the elements at the same place."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from xdsl.dialects.builtin import AnyTensorTypeConstr, IntegerType, StringAttr, TensorType
from xdsl.ir import Attribute
from xdsl.irdl import (
    IRDLOperation,
    VarConstraint,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from ..dtypes import bool_, spec_of
from ..element_kinds import BINARY, UNARY

_KINDS = {f"graph.{name}": kinds for name, kinds in {**UNARY, **BINARY}.items()}

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


class ElementwiseOp(IRDLOperation, ABC):
    """An op whose element types are limited to some kinds of dtype."""

    def verify_(self) -> None:
        """Raise VerifyException for an element type that the op has no meaning for."""
        check_kinds(self, self.operands[0].type, _KINDS.get(self.name, "biuf"))


class UnaryOp(ElementwiseOp, ABC):
    """One operand; the result has its type."""

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    input = operand_def(T)
    result = result_def(T)

    traits = traits_def(Pure())
    assembly_format = "$input attr-dict `:` type($result)"


class BinaryOp(ElementwiseOp, ABC):
    """Two operands of one type, which the result has, too; nothing broadcasts or promotes."""

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)

    traits = traits_def(Pure())
    assembly_format = "$lhs `,` $rhs attr-dict `:` type($result)"


def check_kinds(op: IRDLOperation, type: Attribute, kinds: str) -> None:
    """Raise VerifyException unless `type` is a tensor of one of the kinds."""
    try:
        spec = spec_of(type)
    except TypeError as error:
        raise VerifyException(f"{op.name}: {error}") from None
    if spec.dtype.kind not in kinds:
        raise VerifyException(f"{op.name} has no meaning for elements of type {spec.dtype.name}")


def check_mask(op: IRDLOperation, type: Attribute, shape: tuple[int, ...]) -> None:
    """Raise VerifyException unless `type` is a tensor of bools of that shape."""
    check_kinds(op, type, "biuf")
    spec = spec_of(type)
    if spec.dtype is not bool_ or spec.shape != shape:
        raise VerifyException(f"{op.name} needs bools of the shape of its operands, not {type}")


@irdl_op_definition
class CompareOp(IRDLOperation):
    """Comparison of two tensors of one type, element by element; a comparison with nan is false.

    `predicate` is eq, ne, lt, le, gt or ge; `ne` is true for nan.

    ```mlir
    %less = graph.compare "lt" %x, %y : tensor<3xf32> -> tensor<3xi1>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.compare"

    predicate = prop_def(StringAttr)
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(TensorType[IntegerType])

    traits = traits_def(Pure())
    assembly_format = "$predicate $lhs `,` $rhs attr-dict `:` type($lhs) `->` type($result)"

    def verify_(self) -> None:
        """Raise VerifyException for an unknown predicate or a wrong result type."""
        if self.predicate.data not in COMPARISONS:
            raise VerifyException(f"graph.compare has no predicate {self.predicate.data!r}")
        check_kinds(self, self.lhs.type, "biuf")
        check_mask(self, self.result.type, spec_of(self.lhs.type).shape)


@irdl_op_definition
class SelectOp(IRDLOperation):
    """Elements of the second operand where the condition is true, of the third elsewhere.

    ```mlir
    %z = graph.select %condition, %x, %y : tensor<3xi1>, tensor<3xf32>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.select"

    condition = operand_def(TensorType[IntegerType])
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)

    traits = traits_def(Pure())
    assembly_format = (
        "$condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException unless the condition is bools of the result's shape."""
        check_kinds(self, self.lhs.type, "biuf")
        check_mask(self, self.condition.type, spec_of(self.result.type).shape)


@irdl_op_definition
class ConvertOp(IRDLOperation):
    """The same numbers in another element type.

    A float becomes the integer toward 0; one out of range the nearest limit, nan becomes 0.
    An integer that doesn't fit wraps. Everything but 0 becomes true.

    ```mlir
    %y = graph.convert %x : tensor<3xi32> -> tensor<3xf32>
    ```
    """

    name = "graph.convert"

    input = operand_def(AnyTensorTypeConstr)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = "$input attr-dict `:` type($input) `->` type($result)"

    def verify_(self) -> None:
        """Raise VerifyException when the shape changes."""
        check_kinds(self, self.input.type, "biuf")
        check_kinds(self, self.result.type, "biuf")
        if spec_of(self.input.type).shape != spec_of(self.result.type).shape:
            raise VerifyException("graph.convert changes the shape")
