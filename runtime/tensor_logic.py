"""Methods of tensors that compare, decide and work on bits, element by element.

Shapes broadcast; two tensors, or a tensor and a number.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Tensor.html>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..dialects import dtypes
from .dispatch import Operand, apply, full, made_of
from .tensor_data import TensorData
from .tensor_elementwise import TensorElementwise

if TYPE_CHECKING:
    from .tensor import Tensor


class TensorLogic(TensorElementwise):
    """A tensor with comparisons and logic as methods."""

    __slots__ = ()

    equal = TensorElementwise.eq
    not_equal = TensorElementwise.ne
    less = TensorElementwise.lt
    less_equal = TensorElementwise.le
    greater = TensorElementwise.gt
    greater_equal = TensorElementwise.ge

    def logical_and(self, other: Operand) -> Tensor:
        """Return whether neither element is 0."""
        return apply("binary", "and", _truth(self), _truth(other))

    def logical_or(self, other: Operand) -> Tensor:
        """Return whether one of the elements is not 0."""
        return apply("binary", "or", _truth(self), _truth(other))

    def logical_xor(self, other: Operand) -> Tensor:
        """Return whether exactly one of the elements is not 0."""
        return apply("binary", "xor", _truth(self), _truth(other))

    def bitwise_and(self, other: Operand) -> Tensor:
        """Return the bits that both have; `TypeError` for floating point numbers."""
        return apply("binary", "and", self, other)

    def bitwise_or(self, other: Operand) -> Tensor:
        """Return the bits that one of them has; `TypeError` for floating point numbers."""
        return apply("binary", "or", self, other)

    def bitwise_xor(self, other: Operand) -> Tensor:
        """Return the bits that exactly one of them has; `TypeError` for floating point numbers."""
        return apply("binary", "xor", self, other)

    def isnan(self) -> Tensor:
        """Return whether elements are nan."""
        return apply("compare", "ne", self, self)

    def isinf(self) -> Tensor:
        """Return whether elements are infinite."""
        return self._compared_to_infinity("eq", False)

    def isfinite(self) -> Tensor:
        """Return whether elements are neither infinite nor nan."""
        return self._compared_to_infinity("lt", True)

    def _compared_to_infinity(self, predicate: str, of_integers: bool) -> Tensor:
        if not self.dtype.is_floating:
            return full(self.shape, of_integers, dtypes.bool_)
        return apply("compare", predicate, self.abs(), float("inf"))

    def reciprocal(self) -> Tensor:
        """Return 1 over each element."""
        return apply("binary", "div", 1, self)


def _truth(value: Operand) -> Operand:
    if not isinstance(value, TensorData | np.ndarray | np.generic):
        return bool(value)
    tensor = value if isinstance(value, TensorData) else made_of(value)
    return apply("convert", tensor, dtypes.bool_)
