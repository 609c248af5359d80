"""Numbers whose value exists only at run time: a new one at the next call needs no new code.

A number argument starts as one. Python's own arithmetic keeps it symbolic, and so do the operators
of tensors; a branch on it holds while its condition does; whatever else looks at it makes it the
constant that it is in this call, with a guard.
"""

from __future__ import annotations

import operator
import types
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, cast

from ..dialects.dtypes import DType
from ..dialects.emitter import Number, WeakNumber
from ..runtime.array_data import ArrayData, arrays_among
from ..runtime.expressions import Expression
from ..runtime.guards import class_of
from ..runtime.sources import Source
from ..runtime.tensor import Tensor
from .number_table import Numbers

_OPERATORS: dict[str, str] = {
    **{name: name for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")},
    **{"and": "and_", "or": "or_", "xor": "xor", "lshift": "lshift", "rshift": "rshift"},
}
_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_MEANT: dict[Callable[..., Any], Callable[..., Any]] = {
    **{
        getattr(operator, "i" + name): getattr(operator, there)
        for name, there in _OPERATORS.items()
    },
    **{getattr(operator, name): getattr(operator, name) for name in _OPERATORS.values()},
    **{getattr(operator, name): getattr(operator, name) for name in _COMPARISONS},
    **{getattr(operator, name): getattr(operator, name) for name in ("neg", "pos", "invert")},
    **{operator.abs: abs, operator.not_: operator.not_},
}
"""Each operator to the one that it is on numbers, which never change in place."""

_RUN_TIME = (Tensor, ArrayData)
_ON_TENSORS = frozenset(
    getattr(operator, name)
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and_", "or_", "xor")
) | frozenset(getattr(operator, name) for name in _COMPARISONS)


class SymbolicNumber(WeakNumber):
    """The number of this call, and the path or the expression that gives it at every call.

    Native code that asks for the number gets it, and then it is guarded; it may compare it, and
    then only what came of that is guarded.
    """

    __slots__ = ("_numbers", "expression", "known")

    __array_priority__ = 0.0

    def __init__(self, numbers: Numbers, known: Number, expression: Expression | Source):
        self._numbers = numbers
        self.known = known
        """The number of this call. What depends on it needs a guard."""
        self.expression = expression

    @property
    def kind(self) -> type[Number]:
        """The number's class, the same at every call."""
        return type(self.known)

    @property
    def source(self) -> Source:
        """Where the number is found at every call."""
        return self._numbers.source(self.expression)

    @property
    def is_fixed(self) -> bool:
        """Whether the number is the same at every call of this form."""
        return self._numbers.is_fixed(self.expression)

    def constant(self) -> Any:
        """Return the number, from now on guarded to be this one."""
        self._numbers.fix(self)
        return self.known

    def truth(self) -> bool:
        """Return whether the number counts as true, from now on guarded."""
        return self._numbers.decide(self)

    def in_dtype(self, dtype: DType) -> Any:
        """Return the 0-d graph value that the number is in a dtype.

        Raises `OverflowError` for an integer that the dtype can't hold.
        """
        return self._numbers.in_dtype(self, dtype)

    def combined(self, function: Callable[..., Any], operands: tuple[object, ...]) -> object:
        """Return what an operator gives, symbolic where it is arithmetic.

        `NotImplemented` where only the constant will do. Raises what Python raises.
        """
        function = _MEANT.get(function, function)
        if any(isinstance(operand, _RUN_TIME) for operand in operands):
            written = function is operator.setitem and isinstance(operands[0], ArrayData)
            takes = function in _ON_TENSORS or (written and operands[1] is not self)
            return function(*operands) if takes else NotImplemented
        if function not in _MEANT or not all(map(is_number, operands)):
            return NotImplemented
        return self.computed(function, operands)

    def computed(self, function: Callable[..., Any], operands: tuple[object, ...]) -> object:
        """Return what a pure function of numbers gives. Raises what it raises."""
        return computed(self._numbers, function, operands)

    # What native code asks for.

    def __bool__(self) -> bool:
        return self.truth()

    def __index__(self) -> int:
        number: Any = self.known if self.kind is float else self.constant()
        return operator.index(number)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        import numpy as np

        return np.asarray(self.constant(), *args, **kwargs)

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if arrays_among([inputs, kwargs]):
            return NotImplemented
        return getattr(function, method)(*map(constant, inputs), **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.constant(), name)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.kind, (self.constant(),)

    def __iter__(self) -> Any:
        return iter(self.constant())

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Raise TypeError, as a plain number does."""
        return self.constant()(*args, **kwargs)

    def __lt__(self, other: object) -> Any:
        return self.compared(operator.lt, other)

    def __gt__(self, other: object) -> Any:
        return self.compared(operator.gt, other)

    def compared(self, function: Callable[..., Any], other: object) -> Any:
        """Return a bool: who asks for it this way decides by it."""
        if isinstance(other, _RUN_TIME):
            return NotImplemented
        if not is_number(other):
            return function(self.constant(), other)
        found = self.computed(function, (self, other))
        return found.truth() if isinstance(found, SymbolicNumber) else found

    def native(self, function: Callable[..., Any], operands: tuple[object, ...]) -> Any:
        """Return what an operator gives that native code applies."""
        if any(isinstance(operand, _RUN_TIME) for operand in operands):
            return NotImplemented
        if all(map(is_number, operands)):
            return self.computed(function, operands)
        return function(*map(constant, operands))


def is_number(value: object) -> bool:
    """Return whether a value is a symbolic number or a plain int, float or bool."""
    kind = type(value)
    return kind in (int, float, bool) or issubclass(kind, SymbolicNumber)


def kind_of(number: Any) -> type[Any]:
    """Return the class of a number, which for a symbolic one is that of the number of the call."""
    return number.kind if isinstance(number, SymbolicNumber) else class_of(number)


def is_unchanged(old: object, new: object) -> bool:
    """Return whether a place holds what it held: a number that became a constant is the same."""
    if old is new:
        return True
    return type(old) is SymbolicNumber and old.known is new and old.is_fixed


def computed(
    numbers: Numbers, function: Callable[..., Any], operands: tuple[object, ...]
) -> object:
    """Return what a pure function of numbers, some symbolic, gives; a tuple for several results.

    Raises what the function raises for the numbers of this call; that is guarded, too.
    """
    for operand in operands:
        if isinstance(operand, SymbolicNumber) and type(operand) is not SymbolicNumber:
            return operand.computed(function, operands)
    known: list[Any] = [o.known if isinstance(o, SymbolicNumber) else o for o in operands]
    inner = [o.expression if isinstance(o, SymbolicNumber) else cast(Number, o) for o in operands]
    if all(numbers.is_fixed(one) for one in inner):
        return function(*known)
    expression = numbers.expression(function, tuple(inner))
    try:
        result: Any = function(*known)
    except Exception as error:
        numbers.guard_error(expression, error)
        raise
    if class_of(result) is tuple:
        items = cast("tuple[Number, ...]", result)
        if not all(type(item) in (int, float) for item in items):
            return _all_constant(operands, result)
        numbers.guard_items(expression, items)
        return tuple(
            SymbolicNumber(numbers, item, numbers.item(expression, index))
            for index, item in enumerate(items)
        )
    if class_of(result) not in (int, float, bool):
        return _all_constant(operands, result)
    if not numbers.is_total(function, operands, known):
        numbers.guard_type(expression, class_of(result))
    return SymbolicNumber(numbers, result, expression)


def _all_constant(operands: tuple[object, ...], result: object) -> object:
    for operand in operands:
        constant(operand)
    return result


def _operator(name: str, function: Callable[..., Any]) -> None:
    """Define an operator and its reflection."""

    def straight(self: SymbolicNumber, other: object) -> Any:
        return self.native(function, (self, other))

    def reflected(self: SymbolicNumber, other: object) -> Any:
        return self.native(function, (other, self))

    setattr(SymbolicNumber, f"__{name}__", straight)
    setattr(SymbolicNumber, f"__r{name}__", reflected)


def _unary(name: str, function: Callable[..., Any]) -> None:
    def method(self: SymbolicNumber) -> Any:
        return self.computed(function, (self,))

    setattr(SymbolicNumber, f"__{name}__", method)


def _comparison(name: str, function: Callable[..., Any]) -> None:
    def method(self: SymbolicNumber, other: object) -> Any:
        return self.compared(function, other)

    setattr(SymbolicNumber, f"__{name}__", method)


def _reads(name: str) -> None:
    """Define a method that gives what the constant's gives."""

    def method(self: SymbolicNumber, *args: object) -> Any:
        return getattr(self.constant(), name)(*map(constant, args))

    setattr(SymbolicNumber, name, method)


for _name, _there in _OPERATORS.items():
    _operator(_name, getattr(operator, _there))
_operator("divmod", divmod)
for _name in ("neg", "pos", "invert"):
    _unary(_name, getattr(operator, _name))
_unary("abs", abs)
for _name in _COMPARISONS:
    _comparison(_name, getattr(operator, _name))
for _name in (
    *("__int__", "__float__", "__trunc__", "__floor__", "__ceil__", "__round__", "__complex__"),
    *("__str__", "__repr__", "__format__", "__hash__"),
):
    _reads(_name)


_QUEUE: type = deque
_CLOSED: tuple[type[Any], ...] = (
    *(int, float, str, bytes, type(None), Tensor, DType, type, range),
    *(types.ModuleType, types.FunctionType, types.BuiltinFunctionType),
)
"""Values that have no numbers inside, or none that is looked at."""
_ITERATE: dict[type, Callable[[Any], Iterable[Any]]] = {
    kind: vars(kind)["__iter__"] for kind in (tuple, list)
}
"""A user's subclass may iterate in another way."""


def tuple_items(value: Any) -> list[Any]:
    """Return the items of a tuple, or of an instance of a subclass; no code of the class runs."""
    return list(_ITERATE[tuple](value))


def constant(value: Any) -> Any:
    """Return a value with each symbolic number in it, down through containers, made constant.

    Lists, dicts and instances are changed in place, so that they stay the objects they are.
    """
    return _constant(value, {})


def _constant(value: Any, seen: dict[int, Any]) -> Any:
    """Return a value with the numbers in it constant; `seen` has what was visited already."""
    kind = class_of(value)
    if issubclass(kind, SymbolicNumber):
        return value.constant()
    if issubclass(kind, _CLOSED):
        return value
    if id(value) in seen:
        return seen[id(value)]
    seen[id(value)] = value
    if kind is slice:
        parts = [_constant(part, seen) for part in (value.start, value.stop, value.step)]
        return slice(*parts)
    if issubclass(kind, tuple):
        seen[id(value)] = _in_tuple(value, class_of(value), seen)
        return seen[id(value)]
    if issubclass(kind, list):
        _in_list(cast("list[Any]", value), seen)
    elif issubclass(kind, dict):
        _in_dict(cast("dict[Any, Any]", value), seen)
    elif issubclass(kind, _QUEUE):
        _in_queue(value, seen)
    _in_attributes(value, class_of(value), seen)
    return value


def _in_tuple(value: Any, kind: type[Any], seen: dict[int, Any]) -> Any:
    old = tuple_items(value)
    items = [_constant(item, seen) for item in old]
    if all(a is b for a, b in zip(items, old, strict=True)):
        return value
    return tuple(items) if kind is tuple else vars(tuple)["__new__"](kind, items)


def _in_list(items: list[Any], seen: dict[int, Any]) -> None:
    for index, item in enumerate(_ITERATE[list](items)):
        new = _constant(item, seen)
        if new is not item:
            vars(list)["__setitem__"](items, index, new)


def _in_queue(queue: Any, seen: dict[int, Any]) -> None:
    items: list[Any] = [*queue]
    for index, item in enumerate(items):
        new = _constant(item, seen)
        if new is not item:
            queue[index] = new


def _in_dict(table: dict[Any, Any], seen: dict[int, Any]) -> None:
    for key, item in list(vars(dict)["items"](table)):
        new = _constant(item, seen)
        if new is not item:
            vars(dict)["__setitem__"](table, key, new)


def _in_attributes(value: Any, kind: type[Any], seen: dict[int, Any]) -> None:
    attributes: Any = getattr(value, "__dict__", None)
    if type(attributes) is dict:
        _in_dict(cast("dict[Any, Any]", attributes), seen)
    for base in kind.__mro__:
        if "__slots__" not in vars(base):
            continue
        for member in vars(base).values():
            if isinstance(member, types.MemberDescriptorType):
                _in_slot(value, member)


def _in_slot(value: Any, member: Any) -> None:
    try:
        item = member.__get__(value)
    except AttributeError:
        return
    if isinstance(item, SymbolicNumber):
        member.__set__(value, item.constant())
