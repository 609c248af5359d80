"""Calls on run-time numbers that Python computes again at every call: `int`, `max`, `math.sqrt`."""

from __future__ import annotations

import builtins
import math
import operator
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from ..dialects.emitter import Number
from ..runtime.guards import class_of
from .errors import run
from .frames import Frame
from .numbers import SymbolicNumber, is_number
from .operators import user_method
from .tensor_functions import total
from .tensor_reads import number_of

Special = Callable[[Frame, list[object], dict[str, object]], object]

_STRAIGHT: tuple[Callable[..., Any], ...] = (
    *(abs, round, divmod, pow),
    *(math.gcd, math.lcm, math.isqrt, math.comb, math.perm, math.factorial, math.trunc),
)
_MATHEMATICAL = tuple(
    function
    for name, function in vars(math).items()
    if isinstance(function, types.BuiltinFunctionType) and name not in ("fsum", "prod", "dist")
)
_OPERATORS = tuple(
    function
    for function in vars(operator).values()
    if isinstance(function, types.BuiltinFunctionType)
)
_CLASSES = (type, type(Sequence))
"""Classes of classes that answer `isinstance` by the class alone."""


def _straight(function: Callable[..., Any]) -> Special:
    """Return what folds a pure function of numbers."""

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        number = _symbolic(args)
        if number is None or kwargs or not all(map(is_number, args)):
            return NotImplemented
        return run(number.computed, function, tuple(args))

    return fold


def _converted(kind: type[Number]) -> Special:
    """Return what folds `int`, `float` or `bool` of a number, or of a tensor that has one."""
    straight = _straight(kind)

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        if len(args) == 1 and not kwargs and not user_method(class_of(args[0]), _METHODS[kind]):
            number = number_of(frame.folding, args[0], kind)
            if number is not None:
                return number
        return straight(frame, args, kwargs)

    return fold


_METHODS: dict[type, str] = {int: "__int__", float: "__float__", bool: "__bool__"}


def _mathematical(function: Callable[..., Any]) -> Special:
    """Return what folds a function of the module `math`, which takes tensors as floats."""
    straight = _straight(function)

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        made = [number_of(frame.folding, one, float) for one in args]
        numbers = [b if a is None else a for a, b in zip(made, args, strict=True)]
        return straight(frame, numbers, kwargs)

    return fold


def _operator(function: Callable[..., Any]) -> Special:
    """Return what folds a function of the module `operator`: the operator itself."""

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        if _symbolic(args) is None or kwargs:
            return NotImplemented
        from .calls import operate

        return operate(frame, function, *args)

    return fold


def _of_items(function: Callable[..., Any]) -> Special:
    """Return what folds `min`, `max`, `sum`: of the arguments, or the items of the only one."""

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        items: list[Any] = args
        if len(args) == 1:
            if _is_own_iterator(frame, args[0]):
                # Nobody sees the difference, but for what `sum` does with many floats at once.
                args[0] = run(list, args[0])
            if type(args[0]) not in (list, tuple):
                return NotImplemented
            items = list(cast("list[Any]", args[0]))
        elif function is total:
            return NotImplemented
        number = _symbolic(items)
        if number is None or kwargs or not all(map(is_number, items)) or len(items) < 2:
            return NotImplemented
        return run(number.computed, function, tuple(items))

    return fold


def _is_own_iterator(frame: Frame, value: object) -> bool:
    """Return whether a value is an iterator of Python's own that was made while folding."""
    own = class_of(value).__module__ in ("builtins", "itertools")
    return own and frame.folding.source(value) is None and isinstance(value, Iterator)


def _type(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    number = args[0] if len(args) == 1 and not kwargs else None
    return number.kind if isinstance(number, SymbolicNumber) else NotImplemented


def _isinstance(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    """The class of a number is the same at every call."""
    if len(args) != 2 or kwargs or not isinstance(args[0], SymbolicNumber):
        return NotImplemented
    classes = cast("tuple[Any, ...]", args[1] if isinstance(args[1], tuple) else (args[1],))
    if not all(type(one) in _CLASSES for one in classes):
        return NotImplemented
    return run(isinstance, args[0].kind(), args[1])


def _callable(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    alone = len(args) == 1 and not kwargs and isinstance(args[0], SymbolicNumber)
    return False if alone else NotImplemented


def _symbolic(values: list[Any]) -> SymbolicNumber | None:
    for value in values:
        if isinstance(value, SymbolicNumber):
            return value
    return None


NUMBER_CALLS: dict[Any, Special] = {
    **{function: _operator(function) for function in _OPERATORS},
    **{function: _mathematical(function) for function in _MATHEMATICAL},
    **{function: _straight(function) for function in _STRAIGHT},
    **{kind: _converted(kind) for kind in (int, float, bool)},
    builtins.min: _of_items(min),
    builtins.max: _of_items(max),
    builtins.sum: _of_items(total),
    builtins.type: _type,
    builtins.isinstance: _isinstance,
    builtins.callable: _callable,
}
"""Builtin to what folds a call of it; `NotImplemented` leaves it to the interpreter."""
