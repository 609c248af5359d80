"""Comparison, logic and choice, element by element; shapes broadcast.

Operands are tensors, arrays, numbers and lists. Shapes that don't broadcast are a `ValueError`.
Sources: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>,
<https://www.mindspore.cn/docs/en/master/api_python/mindspore.numpy.html>.
"""

from __future__ import annotations

from foldaway.dialects.dtypes import bool_
from foldaway.runtime.dispatch import apply, full
from foldaway.runtime.tensor import Tensor

from .elementwise import Input, operand, tensor_of


def equal(input: Input, other: Input) -> Tensor:
    """Return bools: whether elements are equal; nan equals nothing."""
    return _compare("eq", input, other)


def not_equal(input: Input, other: Input) -> Tensor:
    """Return bools: whether elements differ; nan differs from everything."""
    return _compare("ne", input, other)


def less(input: Input, other: Input) -> Tensor:
    """Return bools: whether the first is less; never for nan."""
    return _compare("lt", input, other)


def less_equal(input: Input, other: Input) -> Tensor:
    """Return bools: whether the first is less or equal; never for nan."""
    return _compare("le", input, other)


def greater(input: Input, other: Input) -> Tensor:
    """Return bools: whether the first is greater; never for nan."""
    return _compare("gt", input, other)


def greater_equal(input: Input, other: Input) -> Tensor:
    """Return bools: whether the first is greater or equal; never for nan."""
    return _compare("ge", input, other)


def logical_and(input: Input, other: Input) -> Tensor:
    """Return bools: whether neither element is 0."""
    return apply("binary", "and", _truth(input), _truth(other))


def logical_or(input: Input, other: Input) -> Tensor:
    """Return bools: whether one of the elements is not 0."""
    return apply("binary", "or", _truth(input), _truth(other))


def logical_xor(input: Input, other: Input) -> Tensor:
    """Return bools: whether exactly one of the elements is not 0."""
    return apply("binary", "xor", _truth(input), _truth(other))


def logical_not(input: Input) -> Tensor:
    """Return bools: whether the element is 0."""
    return apply("unary", "not", _truth(input))


def bitwise_and(input: Input, other: Input) -> Tensor:
    """Return the bits that both have; `TypeError` for floating point numbers."""
    return apply("binary", "and", operand(input), operand(other))


def bitwise_or(input: Input, other: Input) -> Tensor:
    """Return the bits that one of them has; `TypeError` for floating point numbers."""
    return apply("binary", "or", operand(input), operand(other))


def bitwise_xor(input: Input, other: Input) -> Tensor:
    """Return the bits that exactly one of them has; `TypeError` for floating point numbers."""
    return apply("binary", "xor", operand(input), operand(other))


def invert(input: Input) -> Tensor:
    """Return the other bits, of bools the other truth; `TypeError` for floating point."""
    return apply("unary", "not", tensor_of(input))


def isnan(input: Input) -> Tensor:
    """Return bools: whether elements are nan."""
    x = tensor_of(input)
    return x != x


def isinf(input: Input) -> Tensor:
    """Return bools: whether elements are infinite."""
    x = tensor_of(input)
    return abs(x) == float("inf") if x.dtype.is_floating else full(x.shape, False, bool_)


def isfinite(input: Input) -> Tensor:
    """Return bools: whether elements are neither infinite nor nan."""
    x = tensor_of(input)
    return abs(x) < float("inf") if x.dtype.is_floating else full(x.shape, True, bool_)


def select(condition: Input, input: Input, other: Input) -> Tensor:
    """Return elements of `input` where the condition is true (not 0), of `other` elsewhere.

    The two are promoted to one dtype; two numbers give int64, or float32 if one is a float.
    """
    return apply("select", tensor_of(condition), operand(input), operand(other))


where = select


def _compare(predicate: str, input: Input, other: Input) -> Tensor:
    x, y = operand(input), operand(other)
    both_numbers = not isinstance(x, Tensor) and not isinstance(y, Tensor)
    return apply("compare", predicate, tensor_of(x) if both_numbers else x, y)


def _truth(input: Input) -> Tensor:
    return tensor_of(input).astype(bool_)
