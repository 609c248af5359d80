"""Builders of elementwise ops: what Python's operators on tensors mean."""

from __future__ import annotations

from typing import Generic, TypeGuard

from .dtypes import (
    DType,
    TensorSpec,
    bool_,
    float32,
    int8,
    int64,
    integer_limits,
    promote,
    promote_number,
    uint64,
)
from .element_kinds import BINARY, UNARY
from .emitter import Emitter, Number, Scalar, Value, WeakNumber, pack_number

_ROUNDING = ("floor", "ceil", "trunc", "round")
_SWAPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


class ElementwiseBuilder(Generic[Value]):
    """Promotes, broadcasts and emits. Operands are values of the emitter or Python numbers.

    Python numbers are weak: they take the other operand's dtype where its kind can hold them.
    """

    def __init__(self, emitter: Emitter[Value]):
        self.emitter = emitter

    def full(self, shape: tuple[int, ...], number: Scalar, dtype: DType) -> Value:
        """Return a tensor of `shape` filled with one number.

        Raises `OverflowError` for an integer that the dtype can't hold.
        """
        if isinstance(number, WeakNumber):
            scalar: Value = number.in_dtype(dtype)
        else:
            scalar = self.emitter.constant(pack_number(number, dtype), TensorSpec((), dtype))
        return scalar if not shape else self.broadcast_to(scalar, shape)

    def convert(self, x: Value, dtype: DType) -> Value:
        """Return `x` with elements of another dtype; `x` itself if it has that already."""
        spec = self.emitter.spec(x)
        if spec.dtype is dtype:
            return x
        return self.emitter.emit("graph.convert", (x,), TensorSpec(spec.shape, dtype), {})

    def broadcast_to(self, x: Value, shape: tuple[int, ...]) -> Value:
        """Return `x` repeated to `shape`, aligned at the last axis.

        Raises `ValueError` if an extent is neither 1 nor the shape's.
        """
        spec = self.emitter.spec(x)
        if spec.shape == shape:
            return x
        if broadcast_shapes(spec.shape, shape) != shape:
            raise ValueError(f"can't broadcast shape {spec.shape} to {shape}")
        dimensions = tuple(range(len(shape) - len(spec.shape), len(shape)))
        result = TensorSpec(shape, spec.dtype)
        return self.emitter.emit("graph.broadcast", (x,), result, {"dimensions": dimensions})

    def unary(self, name: str, x: Value) -> Value:
        """Return an op of one operand; functions of real numbers take integers as float32.

        Raises `TypeError` where the dtype has no such operation.
        """
        spec, kinds = self.emitter.spec(x), UNARY[name]
        if name in _ROUNDING and not spec.dtype.is_floating:
            return x
        if name == "abs" and spec.dtype.kind in "bu":
            return x
        if kinds == "f" and not spec.dtype.is_floating:
            x = self.convert(x, float32)
            spec = self.emitter.spec(x)
        if spec.dtype.kind not in kinds:
            raise TypeError(f"{name} is not defined for a tensor of {spec.dtype.name}")
        return self.emitter.emit(f"graph.{name}", (x,), spec, {})

    def binary(self, name: str, x: Value | Scalar, y: Value | Scalar) -> Value:
        """Return an arithmetic or bitwise op on two operands, at least one of them a tensor.

        Raises `TypeError` where the dtype has no such operation, `ValueError` for shapes that
        don't broadcast and for an integer power that is negative, `OverflowError` for a number
        that the dtype can't hold.
        """
        dtype = self._common_dtype(x, y)
        if name == "div" and not dtype.is_floating:
            dtype = float32
        if name == "pow" and dtype.is_integer and _is_int(y) and y < 0:
            raise ValueError("Integers to negative integer powers are not allowed.")
        if name == "floordiv" and dtype is bool_:
            return self.convert(self._same(name, x, y, int8), bool_)
        if dtype.kind not in BINARY[name]:
            raise TypeError(f"{name} is not defined for tensors of {dtype.name}")
        return self._same(name, x, y, dtype)

    def compare(self, predicate: str, x: Value | Scalar, y: Value | Scalar) -> Value:
        """Return bools: `x` eq, ne, lt, le, gt or ge `y`.

        An integer that the other's dtype can't hold is compared by its value.
        """
        if isinstance(x, Scalar):
            if isinstance(y, Scalar):
                raise TypeError("one operand must be a tensor")
            return self.compare(_SWAPPED[predicate], y, x)
        dtype = self._common_dtype(x, y)
        whole: Value | None = y.exactly() if isinstance(y, WeakNumber) else None
        if whole is not None and dtype.is_integer:
            return self._compare_exactly(predicate, x, whole, dtype)
        if _is_int(y) and dtype.is_integer:
            least, greatest = integer_limits(dtype)
            if y < least or y > greatest:
                holds = predicate in (("lt", "le", "ne") if y > greatest else ("gt", "ge", "ne"))
                return self.full(self.emitter.spec(x).shape, holds, bool_)
        lhs, rhs = self._together(x, y, dtype)
        result = TensorSpec(self.emitter.spec(lhs).shape, bool_)
        return self.emitter.emit("graph.compare", (lhs, rhs), result, {"predicate": predicate})

    def _compare_exactly(self, predicate: str, x: Value, y: Value, dtype: DType) -> Value:
        """Return the comparison of integers with an int64 that their dtype may not hold."""
        if dtype is not uint64:
            return self.compare(predicate, self.convert(x, int64), y)
        found = self.compare(predicate, x, self.convert(y, uint64))
        below = self.full((), predicate in ("gt", "ge", "ne"), bool_)
        return self.select(self.compare("lt", y, 0), below, found)

    def select(self, condition: Value, x: Value | Scalar, y: Value | Scalar) -> Value:
        """Return elements of `x` where the condition is true (not 0), of `y` elsewhere."""
        mask = self.convert(condition, bool_)
        dtype = self._common_dtype(x, y)
        lhs, rhs = self._together(x, y, dtype)
        shape = broadcast_shapes(self.emitter.spec(mask).shape, self.emitter.spec(lhs).shape)
        operands = tuple(self.broadcast_to(value, shape) for value in (mask, lhs, rhs))
        return self.emitter.emit("graph.select", operands, TensorSpec(shape, dtype), {})

    def _same(self, name: str, x: Value | Scalar, y: Value | Scalar, dtype: DType) -> Value:
        lhs, rhs = self._together(x, y, dtype)
        return self.emitter.emit(f"graph.{name}", (lhs, rhs), self.emitter.spec(lhs), {})

    def _common_dtype(self, x: Value | Scalar, y: Value | Scalar) -> DType:
        if isinstance(x, Scalar):
            if isinstance(y, Scalar):
                return int64 if isinstance(_example(x) + _example(y), int) else float32
            return promote_number(self.emitter.spec(y).dtype, _example(x))
        if isinstance(y, Scalar):
            return promote_number(self.emitter.spec(x).dtype, _example(y))
        return promote(self.emitter.spec(x).dtype, self.emitter.spec(y).dtype)

    def _together(self, x: Value | Scalar, y: Value | Scalar, dtype: DType) -> tuple[Value, Value]:
        """Return both operands in one dtype and one shape."""
        if isinstance(x, Number) and not isinstance(y, Scalar):
            rhs = self.convert(y, dtype)
            return self._number(x, dtype, self.emitter.spec(rhs).shape), rhs
        lhs = self._operand(x, dtype)
        if isinstance(y, Number):
            return lhs, self._number(y, dtype, self.emitter.spec(lhs).shape)
        rhs = self._operand(y, dtype)
        shape = broadcast_shapes(self.emitter.spec(lhs).shape, self.emitter.spec(rhs).shape)
        return self.broadcast_to(lhs, shape), self.broadcast_to(rhs, shape)

    def _operand(self, x: Value | Scalar, dtype: DType) -> Value:
        if isinstance(x, Number):
            return self._number(x, dtype, ())
        return self.full((), x, dtype) if isinstance(x, WeakNumber) else self.convert(x, dtype)

    def _number(self, x: Number, dtype: DType, shape: tuple[int, ...]) -> Value:
        return self.emitter.number(pack_number(x, dtype), dtype, shape)


def _example(number: Scalar) -> Number:
    """Return the number, or one of the class of a number that exists only at run time."""
    return number.kind() if isinstance(number, WeakNumber) else number


def _is_int(value: object) -> TypeGuard[int]:
    """Return whether an operand is an integer or a bool of Python's."""
    return isinstance(value, int) or (isinstance(value, WeakNumber) and value.kind is not float)


def broadcast_shapes(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that both shapes broadcast to.

    Raises `ValueError` if two extents differ and neither is 1.
    Source: <https://numpy.org/doc/stable/user/basics.broadcasting.html>.
    """
    if a == b:
        return a
    if len(a) < len(b):
        a = (1,) * (len(b) - len(a)) + a
    elif len(b) < len(a):
        b = (1,) * (len(a) - len(b)) + b
    result: list[int] = []
    for m, n in zip(a, b, strict=True):
        if m != n and 1 not in (m, n):
            raise ValueError(f"shapes {a} and {b} don't broadcast")
        result.append(n if m == 1 else m)
    return tuple(result)
