"""Methods of tensors that compute each element from the elements at the same place.

Shapes broadcast; functions of real numbers make integers float32.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Tensor.html>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..dialects import dtypes
from .dispatch import Operand, apply
from .tensor_operators import TensorOperators

if TYPE_CHECKING:
    from .tensor import Tensor


class TensorElementwise(TensorOperators):
    """A tensor with elementwise functions as methods."""

    __slots__ = ()

    def add(self, other: Operand) -> Tensor:
        """Return the sum."""
        return apply("binary", "add", self, other)

    def sub(self, other: Operand) -> Tensor:
        """Return the difference."""
        return apply("binary", "sub", self, other)

    def mul(self, other: Operand) -> Tensor:
        """Return the product."""
        return apply("binary", "mul", self, other)

    def div(self, other: Operand) -> Tensor:
        """Return the quotient, as floating point numbers."""
        return apply("binary", "div", self, other)

    def floor_divide(self, other: Operand) -> Tensor:
        """Return the quotient rounded down."""
        return apply("binary", "floordiv", self, other)

    def remainder(self, other: Operand) -> Tensor:
        """Return the remainder, with the divisor's sign."""
        return apply("binary", "mod", self, other)

    def pow(self, exponent: Operand) -> Tensor:
        """Return each element to the power of `exponent`."""
        return apply("binary", "pow", self, exponent)

    def maximum(self, other: Operand) -> Tensor:
        """Return the greater of each two elements; nan if one is nan."""
        return apply("binary", "maximum", self, other)

    def minimum(self, other: Operand) -> Tensor:
        """Return the lesser of each two elements; nan if one is nan."""
        return apply("binary", "minimum", self, other)

    def matmul(self, other: Operand) -> Tensor:
        """Return the product of matrices, as `@` does."""
        return apply("matmul", self, other)

    def clip(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """Return the elements, those below `min` and above `max` replaced by it.

        Raises `ValueError` when both bounds are None.
        """
        if min is None and max is None:
            raise ValueError("clip needs at least one of min and max")
        x: TensorElementwise = self
        if min is not None:
            x = apply("binary", "maximum", x, min)
        return cast("Tensor", x) if max is None else apply("binary", "minimum", x, max)

    clamp = clip

    def eq(self, other: Operand) -> Tensor:
        """Return whether elements are equal."""
        return apply("compare", "eq", self, other)

    def ne(self, other: Operand) -> Tensor:
        """Return whether elements differ."""
        return apply("compare", "ne", self, other)

    def lt(self, other: Operand) -> Tensor:
        """Return whether elements are less."""
        return apply("compare", "lt", self, other)

    def le(self, other: Operand) -> Tensor:
        """Return whether elements are less or equal."""
        return apply("compare", "le", self, other)

    def gt(self, other: Operand) -> Tensor:
        """Return whether elements are greater."""
        return apply("compare", "gt", self, other)

    def ge(self, other: Operand) -> Tensor:
        """Return whether elements are greater or equal."""
        return apply("compare", "ge", self, other)

    def abs(self) -> Tensor:
        """Return absolute values."""
        return apply("unary", "abs", self)

    def neg(self) -> Tensor:
        """Return the negatives."""
        return apply("unary", "neg", self)

    def sign(self) -> Tensor:
        """Return -1, 0 or 1."""
        return apply("unary", "sign", self)

    def square(self) -> Tensor:
        """Return squares."""
        return apply("binary", "mul", self, self)

    def sqrt(self) -> Tensor:
        """Return square roots."""
        return apply("unary", "sqrt", self)

    def rsqrt(self) -> Tensor:
        """Return reciprocals of square roots."""
        return apply("unary", "rsqrt", self)

    def exp(self) -> Tensor:
        """Return e to the power of each element."""
        return apply("unary", "exp", self)

    def log(self) -> Tensor:
        """Return natural logarithms."""
        return apply("unary", "log", self)

    def tanh(self) -> Tensor:
        """Return hyperbolic tangents."""
        return apply("unary", "tanh", self)

    def erf(self) -> Tensor:
        """Return the error function of each element."""
        return apply("unary", "erf", self)

    def sin(self) -> Tensor:
        """Return sines of angles in radians."""
        return apply("unary", "sin", self)

    def cos(self) -> Tensor:
        """Return cosines of angles in radians."""
        return apply("unary", "cos", self)

    def floor(self) -> Tensor:
        """Return the greatest whole numbers not above the elements."""
        return apply("unary", "floor", self)

    def ceil(self) -> Tensor:
        """Return the least whole numbers not below the elements."""
        return apply("unary", "ceil", self)

    def trunc(self) -> Tensor:
        """Return the elements without their fraction."""
        return apply("unary", "trunc", self)

    def round(self) -> Tensor:
        """Return the nearest whole numbers; halves go to the even one."""
        return apply("unary", "round", self)

    def logical_not(self) -> Tensor:
        """Return whether elements are 0."""
        return apply("unary", "not", apply("convert", self, dtypes.bool_))

    # These take the names of Python's types, which this class doesn't need below.

    def bool(self) -> Tensor:
        """Return whether elements are not 0."""
        return apply("convert", self, dtypes.bool_)

    def int(self) -> Tensor:
        """Return the numbers in int32."""
        return apply("convert", self, dtypes.int32)

    def long(self) -> Tensor:
        """Return the numbers in int64."""
        return apply("convert", self, dtypes.int64)

    def half(self) -> Tensor:
        """Return the numbers in float16."""
        return apply("convert", self, dtypes.float16)

    def float(self) -> Tensor:
        """Return the numbers in float32."""
        return apply("convert", self, dtypes.float32)
