"""Floats whose value exists only at run time: a new one at the next call needs no new code.

A float argument starts as one. Arithmetic that Python does exactly like the graph, and tensors'
operators, keep it symbolic; whatever else looks at it makes it the constant that it is in this
call, with a guard.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, cast

from xdsl.ir import SSAValue

from ..dialects.dtypes import bfloat16, promote_number
from ..runtime import guards
from ..runtime.dispatch import from_value
from ..runtime.sources import Source
from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .session import Folding

_EXACT: dict[Callable[..., Any], str] = {
    getattr(operator, inplace + name): name
    for name in ("add", "sub", "mul")
    for inplace in ("", "i")
}
_ON_TENSORS: frozenset[Callable[..., Any]] = frozenset(
    (
        *_EXACT,
        *(getattr(operator, name) for name in ("truediv", "lt", "le", "gt", "ge", "eq", "ne")),
    )
)


class SymbolicFloat:
    """A float of this call, the graph value that it is at every call, and where it came from.

    Native code that asks for the float, in any way but its class, gets it; then it is guarded.
    """

    __slots__ = ("_folding", "_known", "_roots", "value")

    def __init__(self, folding: Folding, known: float, value: SSAValue, roots: frozenset[Source]):
        self._folding = folding
        self._known = known
        self._roots = roots
        self.value = value
        """A 0-d float64 tensor in the graph."""

    def constant(self) -> float:
        """Return the float, from now on guarded to be this one."""
        for root in self._roots:
            self._folding.guard_float(root)
        return self._known

    def combined(self, function: Callable[..., Any], operands: tuple[object, ...]) -> object:
        """Return what an operator gives, symbolic where the graph computes just that.

        `NotImplemented` where only the constant will do.
        """
        if function is operator.neg:
            value = self._folding.builder.unary("neg", self.value)
            return SymbolicFloat(self._folding, -self._known, value, self._roots)
        if len(operands) != 2:
            return NotImplemented
        for tensor in operands:
            if isinstance(tensor, Tensor):
                return self._with_tensor(function, operands, tensor)
        name = _EXACT.get(function)
        if name is None or not all(isinstance(o, SymbolicFloat | float | int) for o in operands):
            return NotImplemented
        return self._with_number(function, name, operands)

    def _with_number(
        self, function: Callable[..., Any], name: str, operands: tuple[object, ...]
    ) -> object:
        """Python computes with floats as the graph does: to the nearest float64."""
        known: list[Any] = []
        values: list[Any] = []
        roots = frozenset[Source]()
        for operand in operands:
            if isinstance(operand, SymbolicFloat):
                known.append(operand._known)
                values.append(operand.value)
                roots |= operand._roots
            elif isinstance(operand, int) and abs(operand) > 1 << 53:
                return NotImplemented
            else:
                known.append(operand)
                values.append(operand)
        value = self._folding.builder.binary(name, values[0], values[1])
        return SymbolicFloat(self._folding, function(*known), value, roots)

    def _with_tensor(
        self, function: Callable[..., Any], operands: tuple[object, ...], tensor: Tensor
    ) -> object:
        """Numbers are weak: the float takes the tensor's dtype, if that has fractions."""
        dtype = promote_number(tensor.spec.dtype, 1.0)
        if function not in _ON_TENSORS or dtype is bfloat16:
            return NotImplemented
        folding = self._folding
        number = from_value(folding, folding.builder.convert(self.value, dtype))
        return function(*(number if operand is self else operand for operand in operands))

    def __float__(self) -> float:
        return self.constant()

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        import numpy as np

        return np.asarray(self.constant(), *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.constant(), name)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return float, (self.constant(),)

    def __index__(self) -> NoReturn:
        raise TypeError("'float' object cannot be interpreted as an integer")


def _reads(name: str) -> Callable[..., Any]:
    def method(self: SymbolicFloat, *args: object) -> Any:
        return getattr(self.constant(), name)(*map(constant, args))

    method.__name__ = name
    return method


for _name in (
    *("__bool__", "__int__", "__trunc__", "__floor__", "__ceil__", "__round__", "__complex__"),
    *("__str__", "__repr__", "__format__", "__hash__", "__eq__", "__ne__"),
    *("__lt__", "__le__", "__gt__", "__ge__", "__neg__", "__pos__", "__abs__"),
    *("__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__"),
    *("__truediv__", "__rtruediv__", "__floordiv__", "__rfloordiv__"),
    *("__mod__", "__rmod__", "__divmod__", "__rdivmod__", "__pow__", "__rpow__"),
):
    setattr(SymbolicFloat, _name, _reads(_name))


def constant(value: Any) -> Any:
    """Return a value with each symbolic float in it, down through containers, made constant.

    Lists, dicts and instances are changed in place, so that they stay the objects they are.
    """
    return _constant(value, set())


def _constant(value: Any, seen: set[int]) -> Any:
    kind = guards.class_of(value)
    if kind is SymbolicFloat:
        return value.constant()
    if id(value) in seen:
        return value
    if kind not in (tuple, list, dict):
        attributes: Any = getattr(value, "__dict__", None)
        if type(attributes) is dict and not isinstance(value, Tensor):
            seen.add(id(value))
            _make_constant(cast("dict[Any, Any]", attributes), seen)
        return value
    seen.add(id(value))
    if kind is tuple:
        items = tuple(_constant(item, seen) for item in value)
        same = all(a is b for a, b in zip(items, value, strict=True))
        return value if same else items
    if kind is list:
        for index, item in enumerate(value):
            new = _constant(item, seen)
            if new is not item:
                value[index] = new
    elif kind is dict:
        _make_constant(value, seen)
    return value


def _make_constant(table: dict[Any, Any], seen: set[int]) -> None:
    for key, item in list(table.items()):
        new = _constant(item, seen)
        if new is not item:
            table[key] = new
