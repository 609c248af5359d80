"""The `hfusion` dialect of AscendNPU IR, as far as kernels need it: ops on whole tensors.

It is the vendor's: <https://gitee.com/ascend/ascendnpu-ir>. Here are the ops for which arith and
math have none on tensors in xDSL. Each writes into a tensor that is given, as in linalg.
"""

from __future__ import annotations

from typing import ClassVar, cast

from xdsl.dialects.builtin import TensorType, i1
from xdsl.dialects.utils import EnumAttribute
from xdsl.ir import Attribute, Dialect, SSAValue
from xdsl.irdl import (
    AnyAttr,
    IRDLOperation,
    VarConstraint,
    irdl_attr_definition,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
)
from xdsl.utils.exceptions import VerifyException
from xdsl.utils.str_enum import StrEnum

from .bracketed import Bracketed


class CompareFn(StrEnum):
    """A comparison; with a nan all but `vne` are false."""

    EQ = "veq"
    NE = "vne"
    LT = "vlt"
    LE = "vle"
    GT = "vgt"
    GE = "vge"


class UnaryFn(StrEnum):
    """A function of one element; `vnot` is the complement of each bit."""

    NOT = "vnot"


class TypeFn(StrEnum):
    """Whether integers are signed in a conversion."""

    SIGNED = "cast_signed"
    UNSIGNED = "cast_unsigned"


class RoundMode(StrEnum):
    """How a conversion rounds; `truncwithoverflow` keeps the low bits of an integer."""

    RINT = "rint"
    TRUNC = "trunc"
    FLOOR = "floor"
    WRAP = "truncwithoverflow"


@irdl_attr_definition
class CompareFnAttr(Bracketed, EnumAttribute[CompareFn]):
    """A comparison.

    ```mlir
    #hfusion.compare_fn<vlt>
    ```
    """

    name = "hfusion.compare_fn"


@irdl_attr_definition
class UnaryFnAttr(Bracketed, EnumAttribute[UnaryFn]):
    """A function of one element.

    ```mlir
    #hfusion.unary_fn<vnot>
    ```
    """

    name = "hfusion.unary_fn"


@irdl_attr_definition
class TypeFnAttr(Bracketed, EnumAttribute[TypeFn]):
    """Whether integers are signed in a conversion.

    ```mlir
    #hfusion.type_fn<cast_signed>
    ```
    """

    name = "hfusion.type_fn"


@irdl_attr_definition
class RoundModeAttr(Bracketed, EnumAttribute[RoundMode]):
    """How a conversion rounds.

    ```mlir
    #hfusion.round_mode<rint>
    ```
    """

    name = "hfusion.round_mode"


@irdl_op_definition
class CompareOp(IRDLOperation):
    """Comparison of two tensors, element by element.

    ```mlir
    %r = hfusion.compare {compare_fn = #hfusion.compare_fn<vlt>} ins(%x, %y : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xi1>) -> tensor<3xi1>
    ```
    """  # noqa: E501

    T: ClassVar = VarConstraint("T", AnyAttr())
    R: ClassVar = VarConstraint("R", AnyAttr())

    name = "hfusion.compare"

    lhs = operand_def(T)
    rhs = operand_def(T)
    out = operand_def(R)
    compare_fn = prop_def(CompareFnAttr)
    result = result_def(R)

    assembly_format = (
        "` ` `{` `compare_fn` `=` qualified($compare_fn) `}` "
        "`ins` `(` $lhs `,` $rhs `:` type($lhs) `,` type($rhs) `)` "
        "`outs` `(` $out `:` type($out) `)` `->` type($result) attr-dict"
    )

    def __init__(self, compare_fn: CompareFn, lhs: SSAValue, rhs: SSAValue, out: SSAValue):
        super().__init__(
            operands=[lhs, rhs, out],
            properties={"compare_fn": CompareFnAttr(compare_fn)},
            result_types=[out.type],
        )

    def verify_(self) -> None:
        """Raise VerifyException where shapes differ or the result isn't of i1."""
        _verify_shapes(self.name, self.lhs, self.out)
        if _element_of(self.out) != i1:
            raise VerifyException(f"{self.name} gives i1, not {_element_of(self.out)}")


@irdl_op_definition
class SelectOp(IRDLOperation):
    """Elements of one of two tensors, chosen by a third.

    ```mlir
    %r = hfusion.select ins(%c, %x, %y : tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
    ```
    """  # noqa: E501

    T: ClassVar = VarConstraint("T", AnyAttr())

    name = "hfusion.select"

    condition = operand_def()
    lhs = operand_def(T)
    rhs = operand_def(T)
    out = operand_def(T)
    result = result_def(T)

    assembly_format = (
        "`ins` `(` $condition `,` $lhs `,` $rhs `:` "
        "type($condition) `,` type($lhs) `,` type($rhs) `)` "
        "`outs` `(` $out `:` type($out) `)` `->` type($result) attr-dict"
    )

    def __init__(self, condition: SSAValue, lhs: SSAValue, rhs: SSAValue, out: SSAValue):
        super().__init__(operands=[condition, lhs, rhs, out], result_types=[out.type])

    def verify_(self) -> None:
        """Raise VerifyException where shapes differ or the condition isn't of i1."""
        _verify_shapes(self.name, self.condition, self.out)
        if _element_of(self.condition) != i1:
            raise VerifyException(f"{self.name} chooses by i1, not {_element_of(self.condition)}")


@irdl_op_definition
class CastOp(IRDLOperation):
    """A tensor in another element type, or rounded to whole numbers in its own.

    ```mlir
    %r = hfusion.cast {cast = #hfusion.type_fn<cast_signed>, round_mode = #hfusion.round_mode<rint>} ins(%x : tensor<3xf32>) outs(%e : tensor<3xf16>) -> tensor<3xf16>
    ```
    """  # noqa: E501

    T: ClassVar = VarConstraint("T", AnyAttr())

    name = "hfusion.cast"

    input = operand_def()
    out = operand_def(T)
    cast = prop_def(TypeFnAttr)
    round_mode = prop_def(RoundModeAttr)
    result = result_def(T)

    assembly_format = (
        "` ` `{` `cast` `=` qualified($cast) `,` `round_mode` `=` qualified($round_mode) `}` "
        "`ins` `(` $input `:` type($input) `)` "
        "`outs` `(` $out `:` type($out) `)` `->` type($result) attr-dict"
    )

    def __init__(self, input: SSAValue, out: SSAValue, round_mode: RoundMode, cast: TypeFn):
        super().__init__(
            operands=[input, out],
            properties={"cast": TypeFnAttr(cast), "round_mode": RoundModeAttr(round_mode)},
            result_types=[out.type],
        )

    def verify_(self) -> None:
        """Raise VerifyException where shapes differ."""
        _verify_shapes(self.name, self.input, self.out)


@irdl_op_definition
class ElemwiseUnaryOp(IRDLOperation):
    """A function of each element of a tensor.

    ```mlir
    %r = hfusion.elemwise_unary {fun = #hfusion.unary_fn<vnot>} ins(%x : tensor<3xi32>) outs(%e : tensor<3xi32>) -> tensor<3xi32>
    ```
    """  # noqa: E501

    T: ClassVar = VarConstraint("T", AnyAttr())

    name = "hfusion.elemwise_unary"

    input = operand_def(T)
    out = operand_def(T)
    fun = prop_def(UnaryFnAttr)
    result = result_def(T)

    assembly_format = (
        "` ` `{` `fun` `=` qualified($fun) `}` `ins` `(` $input `:` type($input) `)` "
        "`outs` `(` $out `:` type($out) `)` `->` type($result) attr-dict"
    )

    def __init__(self, fun: UnaryFn, input: SSAValue, out: SSAValue):
        super().__init__(
            operands=[input, out], properties={"fun": UnaryFnAttr(fun)}, result_types=[out.type]
        )


def _verify_shapes(name: str, first: SSAValue, second: SSAValue) -> None:
    types = [value.type for value in (first, second)]
    if not all(isinstance(type, TensorType) for type in types):
        raise VerifyException(f"{name} takes tensors")
    shapes = {cast("TensorType[Attribute]", type).get_shape() for type in types}
    if len(shapes) > 1:
        raise VerifyException(f"{name} takes tensors of one shape")


def _element_of(value: SSAValue) -> Attribute:
    return cast("TensorType[Attribute]", value.type).element_type


HFusion = Dialect(
    "hfusion",
    [CompareOp, SelectOp, CastOp, ElemwiseUnaryOp],
    [CompareFnAttr, UnaryFnAttr, TypeFnAttr, RoundModeAttr],
)
