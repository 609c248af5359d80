"""What the rules of reverse-mode differentiation share: their table, and builders for them.

A rule gets an op and the gradient of its result, and gives the gradient of each operand; None for
one that has none. Only operands in `wanted` need an answer.
Source: Griewank and Walther, "Evaluating Derivatives", 2nd ed., chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from xdsl.dialects.builtin import LocationAttr
from xdsl.ir import Attribute, Block, Operation, SSAValue

from ..dialects.build import IRBuilder
from ..dialects.dtypes import TensorSpec, spec_of
from ..dialects.emitter import Number

Gradients = Sequence[SSAValue | None]
Rule = Callable[["AdjointBuilder", Any, SSAValue], Gradients]


class AdjointBuilder(IRBuilder):
    """Builders of graph ops, by short names, for the ops of one derivative."""

    def __init__(self, block: Block, location: LocationAttr, wanted: Collection[SSAValue]):
        super().__init__(block, location)
        self._wanted = wanted

    def wants(self, operand: SSAValue) -> bool:
        """Return whether the gradient of an operand is asked for."""
        return operand in self._wanted

    def spec(self, value: SSAValue) -> TensorSpec:
        """Return shape and dtype of a value."""
        return self.emitter.spec(value)

    def add(self, x: SSAValue | Number, y: SSAValue | Number) -> SSAValue:
        """Return the sum."""
        return self.binary("add", x, y)

    def sub(self, x: SSAValue | Number, y: SSAValue | Number) -> SSAValue:
        """Return the difference."""
        return self.binary("sub", x, y)

    def mul(self, x: SSAValue | Number, y: SSAValue | Number) -> SSAValue:
        """Return the product."""
        return self.binary("mul", x, y)

    def div(self, x: SSAValue | Number, y: SSAValue | Number) -> SSAValue:
        """Return the quotient."""
        return self.binary("div", x, y)

    def zeros(self, type: Attribute) -> SSAValue:
        """Return a tensor of a type that is full of zeros."""
        spec = spec_of(type)
        return self.full(spec.shape, 0, spec.dtype)

    def ones(self, type: Attribute) -> SSAValue:
        """Return a tensor of a type that is full of ones."""
        spec = spec_of(type)
        return self.full(spec.shape, 1, spec.dtype)

    def transposed_back(self, x: SSAValue, order: Sequence[int]) -> SSAValue:
        """Return the tensor whose transpose by `order` is `x`."""
        return self.transpose(x, tuple(order.index(axis) for axis in range(len(order))))

    def total(self, x: SSAValue, axes: Sequence[int]) -> SSAValue:
        """Return sums over some axes, in the dtype of `x`."""
        return self.convert(self.reduce("sum", x, axes), self.spec(x).dtype)

    def spread(self, x: SSAValue, like: SSAValue, axes: Sequence[int]) -> SSAValue:
        """Return `x`, which lacks some axes of `like`, repeated along them."""
        shape = self.spec(like).shape
        kept = tuple(1 if axis in axes else n for axis, n in enumerate(shape))
        return self.broadcast_to(self.reshape(x, kept), shape)


def no_gradient(b: AdjointBuilder, op: Operation, g: SSAValue) -> Gradients:
    """Return no gradients: the result is constant wherever it is smooth, or has no real values."""
    return [None] * len(op.operands)
