"""Ops that sum over axes: reductions and products of matrices."""

from __future__ import annotations

from xdsl.dialects.builtin import AnyTensorTypeConstr, StringAttr
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from ..dtypes import int64, spec_of
from .elementwise import check_kinds
from .shape import Integer, Integers, check_axes, check_same_dtype, check_shape

REDUCTIONS = {"sum": "iuf", "prod": "iuf", "max": "biuf", "min": "biuf", "any": "b", "all": "b"}


@irdl_op_definition
class ReduceOp(IRDLOperation):
    """Sum, product, maximum, minimum, any or all over some axes, which the result lacks.

    Over no elements: 0, 1, false, true; `max` and `min` need at least one.
    nan is the maximum and the minimum of what contains it.

    ```mlir
    %s = graph.reduce "sum" %x, axes = [1] : tensor<2x3xf32> -> tensor<2xf32>
    ```
    """

    name = "graph.reduce"

    kind = prop_def(StringAttr)
    input = operand_def(AnyTensorTypeConstr)
    axes = prop_def(Integers)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$kind $input `,` `axes` `=` $axes attr-dict `:` type($input) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException for an unknown kind, a wrong axis or a wrong result."""
        kind = self.kind.data
        if kind not in REDUCTIONS:
            raise VerifyException(f"graph.reduce has no kind {kind!r}")
        check_kinds(self, self.input.type, REDUCTIONS[kind])
        source, axes = spec_of(self.input.type).shape, self.axes.get_values()
        check_axes(self, axes, len(source))
        if kind in ("max", "min") and any(source[axis] == 0 for axis in axes):
            raise VerifyException(f"graph.reduce: no elements have no {kind}")
        expected = tuple(n for axis, n in enumerate(source) if axis not in axes)
        check_shape(self, spec_of(self.result.type).shape, expected)
        check_same_dtype(self)


@irdl_op_definition
class ArgReduceOp(IRDLOperation):
    """Index of the first greatest (`max`) or least (`min`) element along an axis, as int64.

    The first nan counts as greatest and as least.

    ```mlir
    %i = graph.argreduce "max" %x, axis = 1 : tensor<2x3xf32> -> tensor<2xi64>
    ```
    """

    name = "graph.argreduce"

    kind = prop_def(StringAttr)
    input = operand_def(AnyTensorTypeConstr)
    axis = prop_def(Integer)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$kind $input `,` `axis` `=` $axis attr-dict `:` type($input) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException for an unknown kind, a wrong or empty axis or a wrong result."""
        if self.kind.data not in ("max", "min"):
            raise VerifyException(f"graph.argreduce has no kind {self.kind.data!r}")
        check_kinds(self, self.input.type, "biuf")
        source, axis = spec_of(self.input.type).shape, self.axis.value.data
        check_axes(self, (axis,), len(source))
        if source[axis] == 0:
            raise VerifyException(f"graph.argreduce: no elements have no {self.kind.data}")
        target = spec_of(self.result.type)
        check_shape(self, target.shape, (*source[:axis], *source[axis + 1 :]))
        if target.dtype is not int64:
            raise VerifyException("graph.argreduce gives int64")


@irdl_op_definition
class DotGeneralOp(IRDLOperation):
    """Sums of products over the contracted axes, for each index of the batch axes.

    The result's axes are the batch axes, then the left's remaining, then the right's remaining.
    Bools are and-ed and or-ed; float16 and bfloat16 are summed in float32 and rounded once.
    Source: <https://openxla.org/stablehlo/spec#dot_general>.

    ```mlir
    %z = graph.dot_general %x, %y, batch = [] x [],
        contract = [1] x [0]
        : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
    ```
    """

    name = "graph.dot_general"

    lhs = operand_def(AnyTensorTypeConstr)
    rhs = operand_def(AnyTensorTypeConstr)
    lhs_batch = prop_def(Integers)
    rhs_batch = prop_def(Integers)
    lhs_contract = prop_def(Integers)
    rhs_contract = prop_def(Integers)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$lhs `,` $rhs `,` `batch` `=` $lhs_batch `x` $rhs_batch `,`"
        " `contract` `=` $lhs_contract `x` $rhs_contract attr-dict"
        " `:` type($lhs) `,` type($rhs) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException when paired axes differ or the result has another type."""
        lhs, rhs = spec_of(self.lhs.type), spec_of(self.rhs.type)
        check_kinds(self, self.lhs.type, "biuf")
        left_batch, right_batch = self.lhs_batch.get_values(), self.rhs_batch.get_values()
        left_sum, right_sum = self.lhs_contract.get_values(), self.rhs_contract.get_values()
        check_axes(self, (*left_batch, *left_sum), len(lhs.shape))
        check_axes(self, (*right_batch, *right_sum), len(rhs.shape))
        left = [lhs.shape[axis] for axis in (*left_batch, *left_sum)]
        right = [rhs.shape[axis] for axis in (*right_batch, *right_sum)]
        if len(left_batch) != len(right_batch) or left != right:
            raise VerifyException("graph.dot_general: paired axes differ")
        expected = (
            *(lhs.shape[axis] for axis in left_batch),
            *(n for axis, n in enumerate(lhs.shape) if axis not in (*left_batch, *left_sum)),
            *(n for axis, n in enumerate(rhs.shape) if axis not in (*right_batch, *right_sum)),
        )
        check_shape(self, spec_of(self.result.type).shape, expected)
        if lhs.dtype is not rhs.dtype:
            raise VerifyException("graph.dot_general needs one element type")
        check_same_dtype(self)
