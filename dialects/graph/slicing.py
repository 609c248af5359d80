"""Ops that take a part of a tensor, or replace one."""

from __future__ import annotations

from typing import ClassVar

from xdsl.dialects.builtin import AnyTensorTypeConstr, TensorType, i64
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

from ..dtypes import spec_of
from .shape import Integer, Integers, check_same_dtype, check_shape


@irdl_op_definition
class SliceOp(IRDLOperation):
    """The elements at `start, start + stride, …` below `limit`, along each axis.

    ```mlir
    %y = graph.slice %x, starts = [1], limits = [5], strides = [2]
        : tensor<6xf32> -> tensor<2xf32>
    ```
    """

    name = "graph.slice"

    input = operand_def(AnyTensorTypeConstr)
    starts = prop_def(Integers)
    limits = prop_def(Integers)
    strides = prop_def(Integers)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$input `,` `starts` `=` $starts `,` `limits` `=` $limits `,` `strides` `=` $strides"
        " attr-dict `:` type($input) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException when a bound lies outside or the result has another shape."""
        source = spec_of(self.input.type).shape
        bounds = (self.starts.get_values(), self.limits.get_values(), self.strides.get_values())
        if any(len(values) != len(source) for values in bounds):
            raise VerifyException("graph.slice needs start, limit and stride for each axis")
        expected: list[int] = []
        for extent, start, limit, stride in zip(source, *bounds, strict=True):
            if not (0 <= start <= limit <= extent and stride > 0):
                raise VerifyException(f"graph.slice: {start}:{limit}:{stride} of {extent}")
            expected.append(-(-(limit - start) // stride))
        check_shape(self, spec_of(self.result.type).shape, tuple(expected))
        check_same_dtype(self)


@irdl_op_definition
class UpdateSliceOp(IRDLOperation):
    """The first operand with the elements of the second written at `start, start + stride, …`.

    ```mlir
    %y = graph.update_slice %x, %v, starts = [1], strides = [2]
        : tensor<6xf32>, tensor<2xf32>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.update_slice"

    input = operand_def(T)
    update = operand_def(AnyTensorTypeConstr)
    starts = prop_def(Integers)
    strides = prop_def(Integers)
    result = result_def(T)

    traits = traits_def(Pure())
    assembly_format = (
        "$input `,` $update `,` `starts` `=` $starts `,` `strides` `=` $strides"
        " attr-dict `:` type($result) `,` type($update)"
    )

    def verify_(self) -> None:
        """Raise VerifyException when the update doesn't fit inside."""
        outer, inner = spec_of(self.result.type), spec_of(self.update.type)
        starts, strides = self.starts.get_values(), self.strides.get_values()
        if not len(outer.shape) == len(inner.shape) == len(starts) == len(strides):
            raise VerifyException("graph.update_slice needs start and stride for each axis")
        for extent, count, start, stride in zip(
            outer.shape, inner.shape, starts, strides, strict=True
        ):
            last = start + max(count - 1, 0) * stride
            if start < 0 or stride < 1 or (count and last >= extent):
                raise VerifyException("graph.update_slice: the update lies outside")
        if outer.dtype is not inner.dtype:
            raise VerifyException("graph.update_slice keeps the element type")


@irdl_op_definition
class PickOp(IRDLOperation):
    """The elements at one index along an axis, which is left out; only the call knows the index.

    An index below 0 counts as 0, and one behind the last as the last.

    ```mlir
    %y = graph.pick %x, %i, axis = 0 : tensor<5x3xf32>, tensor<i64> -> tensor<3xf32>
    ```
    """

    name = "graph.pick"

    input = operand_def(AnyTensorTypeConstr)
    index = operand_def(TensorType(i64, []))
    axis = prop_def(Integer)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$input `,` $index `,` `axis` `=` $axis attr-dict"
        " `:` type($input) `,` type($index) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException when there is no such axis, or nothing along it."""
        source, axis = spec_of(self.input.type).shape, self.axis.value.data
        if not 0 <= axis < len(source) or not source[axis]:
            raise VerifyException(f"graph.pick finds no elements along axis {axis}")
        expected = (*source[:axis], *source[axis + 1 :])
        check_shape(self, spec_of(self.result.type).shape, expected)
        check_same_dtype(self)
