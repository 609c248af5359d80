"""MindSpore's elementwise operators as classes; each does what the function of its name does.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.primitive.html>.
"""

from __future__ import annotations

from foldaway.runtime.tensor import Tensor

from . import activations, elementwise, logic
from .elementwise import Input
from .operators import Primitive


class Abs(Primitive):
    """Absolute values."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.abs(input)


class Neg(Primitive):
    """Negatives."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.neg(input)


class Exp(Primitive):
    """e to the power of each element."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.exp(input)


class Log(Primitive):
    """Natural logarithms."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.log(input)


class Sqrt(Primitive):
    """Square roots."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.sqrt(input)


class Rsqrt(Primitive):
    """Reciprocals of square roots."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.rsqrt(input)


class Square(Primitive):
    """Squares."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.square(input)


class Tanh(Primitive):
    """Hyperbolic tangents."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.tanh(input)


class Sin(Primitive):
    """Sines."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.sin(input)


class Cos(Primitive):
    """Cosines."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.cos(input)


class Erf(Primitive):
    """The error function."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.erf(input)


class Floor(Primitive):
    """Whole numbers not above the elements."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.floor(input)


class Sign(Primitive):
    """-1, 0 or 1."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return elementwise.sign(input)


class LogicalNot(Primitive):
    """Whether elements are 0."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return logic.logical_not(input)


class ReLU(Primitive):
    """The elements, 0 for those below 0."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return activations.relu(input)


class Sigmoid(Primitive):
    """1 / (1 + exp(-x))."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return activations.sigmoid(input)


class GeLU(Primitive):
    """The tanh approximation of gelu."""

    def __call__(self, input: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return activations.tanh_gelu(input)


class Add(Primitive):
    """Sums."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.add(input, other)


class Sub(Primitive):
    """Differences."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.sub(input, other)


class Mul(Primitive):
    """Products."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.mul(input, other)


class Div(Primitive):
    """Quotients."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.div(input, other)


class RealDiv(Primitive):
    """Quotients."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.div(input, other)


class FloorDiv(Primitive):
    """Quotients rounded down."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.floor_div(input, other)


class Mod(Primitive):
    """Remainders with the divisor's sign."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.mod(input, other)


class Pow(Primitive):
    """Powers."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.pow(input, other)


class Maximum(Primitive):
    """The greater of each two elements."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.maximum(input, other)


class Minimum(Primitive):
    """The lesser of each two elements."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return elementwise.minimum(input, other)


class Equal(Primitive):
    """Whether elements are equal."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.equal(input, other)


class NotEqual(Primitive):
    """Whether elements differ."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.not_equal(input, other)


class Less(Primitive):
    """Whether the first is less."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.less(input, other)


class LessEqual(Primitive):
    """Whether the first is less or equal."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.less_equal(input, other)


class Greater(Primitive):
    """Whether the first is greater."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.greater(input, other)


class GreaterEqual(Primitive):
    """Whether the first is greater or equal."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.greater_equal(input, other)


class LogicalAnd(Primitive):
    """Whether neither is 0."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.logical_and(input, other)


class LogicalOr(Primitive):
    """Whether one is not 0."""

    def __call__(self, input: Input, other: Input) -> Tensor:
        """Return the result, in the shape that both broadcast to."""
        return logic.logical_or(input, other)
