"""Ops that make tensors or move their elements without computing on them."""

from __future__ import annotations

from typing import ClassVar

from xdsl.dialects.builtin import (
    AnyTensorTypeConstr,
    DenseArrayBase,
    DenseIntOrFPElementsAttr,
    IntegerAttr,
    IntegerType,
)
from xdsl.irdl import (
    AnyAttr,
    IRDLOperation,
    ParamAttrConstraint,
    VarConstraint,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.traits import ConstantLike, Pure
from xdsl.utils.exceptions import VerifyException

from ..dtypes import spec_of
from .elementwise import check_kinds

Integers = DenseArrayBase.constr(IntegerType(64))
Integer = IntegerAttr.constr(IntegerType(64))


@irdl_op_definition
class ConstantOp(IRDLOperation):
    """A tensor known while compiling.

    ```mlir
    %c = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.constant"

    value = prop_def(ParamAttrConstraint(DenseIntOrFPElementsAttr, (T, AnyAttr())))
    result = result_def(T)

    traits = traits_def(Pure(), ConstantLike())
    assembly_format = "attr-dict $value"

    def verify_(self) -> None:
        """Raise VerifyException when the value doesn't fill the shape."""
        check_kinds(self, self.result.type, "biuf")
        spec = spec_of(self.result.type)
        if len(self.value.data.data) != spec.size * spec.dtype.itemsize:
            raise VerifyException("graph.constant: the value doesn't fill the tensor")


@irdl_op_definition
class IotaOp(IRDLOperation):
    """0, 1, 2, … along one axis, the same along all others.

    ```mlir
    %i = graph.iota axis = 0 : tensor<4xi64>
    ```
    """

    name = "graph.iota"

    axis = prop_def(Integer)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = "`axis` `=` $axis attr-dict `:` type($result)"

    def verify_(self) -> None:
        """Raise VerifyException when the tensor has no such axis."""
        check_kinds(self, self.result.type, "iuf")
        check_axes(self, (self.axis.value.data,), len(spec_of(self.result.type).shape))


@irdl_op_definition
class ReshapeOp(IRDLOperation):
    """The same elements, in row-major order, in another shape.

    ```mlir
    %y = graph.reshape %x : tensor<2x3xf32> -> tensor<6xf32>
    ```
    """

    name = "graph.reshape"

    input = operand_def(AnyTensorTypeConstr)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = "$input attr-dict `:` type($input) `->` type($result)"

    def verify_(self) -> None:
        """Raise VerifyException when the number of elements or their type changes."""
        source, target = spec_of(self.input.type), spec_of(self.result.type)
        if source.size != target.size or source.dtype is not target.dtype:
            raise VerifyException("graph.reshape keeps the elements: their number and their type")


@irdl_op_definition
class TransposeOp(IRDLOperation):
    """Axes in another order: axis `i` of the result is axis `permutation[i]` of the operand.

    ```mlir
    %y = graph.transpose %x, permutation = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
    ```
    """

    name = "graph.transpose"

    input = operand_def(AnyTensorTypeConstr)
    permutation = prop_def(Integers)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$input `,` `permutation` `=` $permutation attr-dict `:` type($input) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException when it isn't a permutation or the result has another shape."""
        source, target = spec_of(self.input.type), spec_of(self.result.type)
        axes = self.permutation.get_values()
        if sorted(axes) != list(range(len(source.shape))):
            raise VerifyException(f"graph.transpose: {list(axes)} is no order of the axes")
        check_shape(self, target.shape, tuple(source.shape[axis] for axis in axes))
        check_same_dtype(self)


@irdl_op_definition
class BroadcastOp(IRDLOperation):
    """The operand repeated along new axes and along axes of length 1.

    Axis `i` of the operand is axis `dimensions[i]` of the result; the order is kept.

    ```mlir
    %y = graph.broadcast %x, dimensions = [1] : tensor<3xf32> -> tensor<2x3xf32>
    ```
    """

    name = "graph.broadcast"

    input = operand_def(AnyTensorTypeConstr)
    dimensions = prop_def(Integers)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$input `,` `dimensions` `=` $dimensions attr-dict `:` type($input) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException when an axis neither fits nor has length 1."""
        source, target = spec_of(self.input.type), spec_of(self.result.type)
        axes = self.dimensions.get_values()
        check_axes(self, axes, len(target.shape))
        if len(axes) != len(source.shape) or list(axes) != sorted(axes):
            raise VerifyException("graph.broadcast needs one rising dimension for each axis")
        for extent, axis in zip(source.shape, axes, strict=True):
            if extent not in (1, target.shape[axis]):
                raise VerifyException(
                    f"graph.broadcast can't stretch {extent} to {target.shape[axis]}"
                )
        check_same_dtype(self)


@irdl_op_definition
class ConcatOp(IRDLOperation):
    """The operands one after the other along an axis; all other extents are equal.

    ```mlir
    %z = graph.concat axis = 0 of %x, %y : tensor<2xf32>, tensor<3xf32> -> tensor<5xf32>
    ```
    """

    name = "graph.concat"

    inputs = var_operand_def(AnyTensorTypeConstr)
    axis = prop_def(Integer)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = "`axis` `=` $axis `of` $inputs attr-dict `:` type($inputs) `->` type($result)"

    def verify_(self) -> None:
        """Raise VerifyException when extents off the axis or element types differ."""
        specs = [spec_of(value.type) for value in self.inputs]
        target, axis = spec_of(self.result.type), self.axis.value.data
        check_axes(self, (axis,), len(target.shape))
        if not specs or any(len(s.shape) != len(target.shape) for s in specs):
            raise VerifyException("graph.concat needs operands of the result's rank")
        expected = list(target.shape)
        expected[axis] = sum(spec.shape[axis] for spec in specs)
        check_shape(self, target.shape, tuple(expected))
        for spec in specs:
            others = (*spec.shape[:axis], *spec.shape[axis + 1 :])
            if others != (*target.shape[:axis], *target.shape[axis + 1 :]):
                raise VerifyException("graph.concat: the operands differ off the axis")
            if spec.dtype is not target.dtype:
                raise VerifyException("graph.concat keeps the element type")


@irdl_op_definition
class PadOp(IRDLOperation):
    """The operand with a frame of one value: `low` elements before and `high` after, by axis.

    ```mlir
    %y = graph.pad %x, %zero, low = [1], high = [2]
        : tensor<3xf32>, tensor<f32> -> tensor<6xf32>
    ```
    """

    name = "graph.pad"

    input = operand_def(AnyTensorTypeConstr)
    value = operand_def(AnyTensorTypeConstr)
    low = prop_def(Integers)
    high = prop_def(Integers)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$input `,` $value `,` `low` `=` $low `,` `high` `=` $high"
        " attr-dict `:` type($input) `,` type($value) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException for a negative frame, a value with axes, or a wrong result."""
        source, value = spec_of(self.input.type), spec_of(self.value.type)
        low, high = self.low.get_values(), self.high.get_values()
        if len(low) != len(source.shape) or len(high) != len(source.shape):
            raise VerifyException("graph.pad needs low and high for each axis")
        if min((*low, *high), default=0) < 0:
            raise VerifyException("graph.pad: a frame can't be negative")
        if value.shape or value.dtype is not source.dtype:
            raise VerifyException("graph.pad needs a 0-d value of the operand's element type")
        expected = tuple(a + n + b for a, n, b in zip(low, source.shape, high, strict=True))
        check_shape(self, spec_of(self.result.type).shape, expected)
        check_same_dtype(self)


@irdl_op_definition
class ReverseOp(IRDLOperation):
    """The operand with the order of its elements turned round along some axes.

    ```mlir
    %y = graph.reverse %x, axes = [0] : tensor<3xf32>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.reverse"

    input = operand_def(T)
    axes = prop_def(Integers)
    result = result_def(T)

    traits = traits_def(Pure())
    assembly_format = "$input `,` `axes` `=` $axes attr-dict `:` type($result)"

    def verify_(self) -> None:
        """Raise VerifyException when an axis is missing or named twice."""
        check_axes(self, self.axes.get_values(), len(spec_of(self.result.type).shape))


def check_axes(op: IRDLOperation, axes: tuple[int, ...], rank: int) -> None:
    """Raise VerifyException when an axis lies outside `0 … rank-1` or stands twice."""
    if any(not 0 <= axis < rank for axis in axes) or len(set(axes)) != len(axes):
        raise VerifyException(f"{op.name}: {list(axes)} are no axes of a tensor of rank {rank}")


def check_shape(op: IRDLOperation, actual: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """Raise VerifyException when the result has another shape than the op gives."""
    if actual != expected:
        raise VerifyException(f"{op.name} gives shape {list(expected)}, not {list(actual)}")


def check_same_dtype(op: IRDLOperation) -> None:
    """Raise VerifyException when first operand and result differ in element type."""
    if spec_of(op.operands[0].type).dtype is not spec_of(op.results[0].type).dtype:
        raise VerifyException(f"{op.name} keeps the element type")
